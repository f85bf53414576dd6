import { counter, event, gauge, histogram } from '@watchkeeper/telemetry';
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
  event_outbox_dead: gauge('Events given up and waiting to be driven again.'),
  webhooks_dead_lettered_total: counter('Webhooks that were given up.', {
    event_type: eventTypes,
  }),
  webhook_dead: gauge('Webhooks given up and waiting to be driven again.'),
  notification_sends_total: counter('Attempts to send a text message, by outcome.', {
    template: templates,
    result: ['success', 'error', 'timeout'],
  }),
  notification_send_duration_seconds: histogram(
    'Time an attempt to send a text message took.',
    {},
    sendSeconds,
  ),
  notification_pending: gauge('Text messages that wait to be sent.'),
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
  outbox_event_dead: event.error(
    'A handler gave an event up; it stays until somebody drives it again.',
    'event_id event_type handler failures',
  ),
  webhook_delivery_dead: event.error(
    'A webhook was given up; it stays until somebody drives it again.',
    'delivery_id event_type attempts',
  ),
  notification_send_failed: event.error(
    'A text message did not reach its provider; it is tried again.',
    'notification_id event_id user_id template channel attempt status_code duration_ms err',
  ),
  notification_dead: event.error(
    'A text message was given up.',
    'notification_id event_id user_id template channel attempt',
  ),
  outbox_listener_lost: event.warn(
    'The connection that is told of new events broke; polling goes on meanwhile.',
    'err',
  ),
  worker_loop_failed: event.error(
    'A loop of the worker began to fail; it goes on trying.',
    'loop err',
  ),
};
