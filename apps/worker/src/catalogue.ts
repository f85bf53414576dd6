import { counter, gauge, histogram, type LogEventCatalogue } from '@watchkeeper/telemetry';
import { templates } from './notifications/templates.ts';
import { handlerNames } from './outbox/event.ts';

const eventTypes = { atMost: 100 } as const;
const restaurants = { atMost: 50 } as const;
const dishes = { atMost: 100 } as const;
// Text messages are asked for in the background; 5 s is where the sender gives up.
const sendSeconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** The worker's own metrics. */
export const workerMetrics = {
  events_dead_lettered_total: counter('Events that a handler gave up.', {
    event_type: eventTypes,
    handler: handlerNames,
  }),
  event_outbox_dead: gauge('Events given up and waiting to be driven again.', {}),
  webhooks_dead_lettered_total: counter('Webhooks that were given up.', {
    event_type: eventTypes,
  }),
  webhook_dead: gauge('Webhooks given up and waiting to be driven again.', {}),
  notification_sends_total: counter('Attempts to send a text message, by outcome.', {
    template: templates,
    result: ['success', 'error', 'timeout'],
  }),
  notification_send_duration_seconds: histogram(
    'Time an attempt to send a text message took.',
    {},
    sendSeconds,
  ),
  notification_pending: gauge('Text messages that wait to be sent.', {}),
  notifications_dead_lettered_total: counter('Text messages that were given up.', {
    template: templates,
  }),
  galley_restaurant_orders: gauge('Orders placed in the last day, by restaurant.', {
    restaurant: restaurants,
  }),
  galley_restaurant_captured_cents: gauge('Money captured in the last day, by restaurant.', {
    restaurant: restaurants,
  }),
  galley_restaurant_refunded_cents: gauge('Money given back in the last day, by restaurant.', {
    restaurant: restaurants,
  }),
  galley_dish_orders: gauge('How often a dish was ordered in the last day.', { dish: dishes }),
  galley_ordering_customers: gauge('Customers who have ordered in the last hour or day.', {
    period: ['hour', 'day'],
  }),
} as const;

/** The worker's own log events. */
export const workerLogEvents = {
  outbox_event_dead: {
    level: 'error',
    meaning: 'A handler gave an event up; it stays until somebody drives it again.',
    fields: ['event_id', 'event_type', 'handler', 'failures'],
  },
  webhook_delivery_dead: {
    level: 'error',
    meaning: 'A webhook was given up; it stays until somebody drives it again.',
    fields: ['delivery_id', 'event_type', 'attempts'],
  },
  notification_send_failed: {
    level: 'error',
    meaning: 'A text message did not reach its provider; it is tried again.',
    fields: [
      ...['notification_id', 'event_id', 'user_id', 'template', 'channel', 'attempt'],
      ...['status_code', 'duration_ms', 'err'],
    ],
  },
  notification_dead: {
    level: 'error',
    meaning: 'A text message was given up.',
    fields: ['notification_id', 'event_id', 'user_id', 'template', 'channel', 'attempt'],
  },
  outbox_listener_lost: {
    level: 'warn',
    meaning: 'The connection that is told of new events broke; polling goes on meanwhile.',
    fields: ['err'],
  },
  worker_loop_failed: {
    level: 'error',
    meaning: 'A loop of the worker began to fail; it goes on trying.',
    fields: ['loop', 'err'],
  },
} as const satisfies LogEventCatalogue;
