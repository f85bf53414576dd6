import { counter, gauge, histogram } from './types.ts';

const eventTypes = { atMost: 100 } as const;
const handlers = { atMost: 50 } as const;
const handlingSeconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
// A receiver may take its time; 10 s is where most senders give up.
const deliverySeconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Metrics of the outbox and of webhooks. Source: the project's telemetry contract. */
export const eventMetrics = {
  events_published_total: counter('Events stored in the outbox.', { event_type: eventTypes }),
  events_processed_total: counter('Attempts to handle an event, by outcome.', {
    event_type: eventTypes,
    handler: handlers,
    result: ['success', 'error'],
  }),
  event_processing_duration_seconds: histogram(
    'Time a handler took for an event.',
    { event_type: eventTypes, handler: handlers },
    handlingSeconds,
    { exemplars: true },
  ),
  event_outbox_pending: gauge('Events stored and not yet handled.'),
  event_outbox_oldest_age_seconds: gauge('Age of the oldest event not yet handled.'),
  webhook_deliveries_total: counter('Attempts to deliver a webhook, by outcome.', {
    event_type: eventTypes,
    result: ['success', 'error', 'timeout'],
  }),
  webhook_delivery_duration_seconds: histogram(
    'Time an attempt to deliver a webhook took.',
    {},
    deliverySeconds,
    { exemplars: true },
  ),
  webhook_pending: gauge('Webhooks that wait for their delivery.'),
} as const;
