import { counter, event, gauge, histogram } from '@watchkeeper/telemetry';
import { templates } from './notifications/templates.ts';
import { handlerNames } from './outbox/event.ts';

const eventTypes = { atMost: 100 } as const;
const restaurants = { atMost: 50 } as const;
const dishes = { atMost: 100 } as const;
// Up to the default of `SMS_TIMEOUT_MS`, and a little more.
const sendSeconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export const workerMetrics = {
  events_dead_lettered_total: counter('Events dead-lettered, by handler.', {
    event_type: eventTypes,
    handler: handlerNames,
  }),
  event_outbox_dead: gauge('Dead-lettered events that wait to be redriven.'),
  webhooks_dead_lettered_total: counter('Webhook deliveries dead-lettered.', {
    event_type: eventTypes,
  }),
  webhook_dead: gauge('Dead-lettered webhook deliveries that wait to be redriven.'),
  notification_sends_total: counter('Attempts to send a text message, by outcome.', {
    template: templates,
    result: ['success', 'error', 'timeout'],
  }),
  notification_send_duration_seconds: histogram(
    'Time an attempt to send a text message took.',
    {},
    sendSeconds,
  ),
  notification_pending: gauge('Text messages in the queue.'),
  notifications_dead_lettered_total: counter('Text messages dead-lettered.', {
    template: templates,
  }),
  galley_restaurant_orders: gauge('Orders placed in the last day, by restaurant.', {
    restaurant: restaurants,
  }),
  galley_restaurant_captured_cents: gauge('Money captured in the last day, by restaurant.', {
    restaurant: restaurants,
  }),
  galley_restaurant_refunded_cents: gauge('Money refunded in the last day, by restaurant.', {
    restaurant: restaurants,
  }),
  galley_dish_orders: gauge('Orders of a dish in the last day.', { dish: dishes }),
  galley_ordering_customers: gauge('Customers who have ordered in the last hour or day.', {
    period: ['hour', 'day'],
  }),
} as const;

export const workerLogEvents = {
  outbox_event_dead: event.error(
    'An event was dead-lettered for a handler; it stays until it is redriven.',
    'event_id event_type handler failures',
  ),
  webhook_delivery_dead: event.error(
    'A webhook delivery was dead-lettered; it stays until it is redriven.',
    'delivery_id event_type attempts',
  ),
  notification_send_failed: event.error(
    'An attempt to send a text message failed; it is retried.',
    'notification_id event_id user_id template channel attempt status_code duration_ms err',
  ),
  notification_dead: event.error(
    'A text message was dead-lettered.',
    'notification_id event_id user_id template channel attempt',
  ),
  worker_loop_failed: event.error(
    'A loop of the worker started to fail; it keeps retrying.',
    'loop err',
  ),
};
