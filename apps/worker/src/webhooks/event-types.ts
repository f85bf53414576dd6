import type { EventType } from '@watchkeeper/galley';

/** The events that customers may subscribe to. */
export const webhookEventTypes = [
  'order.placed',
  'order.status_changed',
  'delivery.assigned',
  'payment.captured',
  'payment.refunded',
] as const satisfies readonly EventType[];

export type WebhookEventType = (typeof webhookEventTypes)[number];
