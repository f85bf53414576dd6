import { type EventType, execute } from '@watchkeeper/galley';
import { currentTraceContext } from '@watchkeeper/telemetry';
import type { Handler } from '../outbox/event.ts';

/** The events that customers may subscribe to. */
export const webhookEventTypes = [
  'order.placed',
  'order.status_changed',
  'delivery.assigned',
  'payment.captured',
  'payment.refunded',
] as const satisfies readonly EventType[];

export type WebhookEventType = (typeof webhookEventTypes)[number];

/** Queues an event once for every subscription to its type. */
export const webhookHandler: Handler = {
  name: 'webhooks',
  isFor: (eventType) => webhookEventTypes.some((type) => type === eventType),
  async handle({ id, type, payload, createdAt }, client) {
    const body = JSON.stringify({ id, type, createdAt, data: payload });
    await execute(client)`
      INSERT INTO webhooks.deliveries (subscription_id, event_id, event_type, body, trace_context)
      SELECT id, ${id}, ${type}, ${body}, ${currentTraceContext()}
      FROM webhooks.subscriptions WHERE ${type} = ANY(event_types)
      ON CONFLICT (subscription_id, event_id) DO NOTHING`;
  },
};
