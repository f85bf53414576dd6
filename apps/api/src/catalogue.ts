import { counter, event, gauge } from '@watchkeeper/telemetry';
import { accountLogEvents, accountMetrics } from './accounts/catalogue.ts';
import { orderStatuses } from './orders/state-machine.ts';
import { moneyLogEvents, moneyMetrics } from './payments/catalogue.ts';

/** Source: the project's telemetry contract. */
export const apiMetrics = {
  orders_created_total: counter('Orders placed.'),
  orders_completed_total: counter('Orders delivered.'),
  order_status_transitions_total: counter('Requested status changes of orders, by outcome.', {
    from: orderStatuses,
    to: orderStatuses,
    result: ['success', 'conflict', 'refused'],
  }),
  delivery_assignments_total: counter('Requests to accept a delivery, by outcome.', {
    result: ['accepted', 'conflict'],
  }),
  galley_restaurants: gauge('Restaurants in the catalogue.'),
  galley_orders: gauge('Orders, by status.', { status: orderStatuses }),
  ...accountMetrics,
  ...moneyMetrics,
} as const;

/** Source: the project's telemetry contract. */
export const apiLogEvents = {
  order_create_completed: event.info(
    'An order was placed.',
    'order_id restaurant_id total_cents duration_ms',
  ),
  order_transition_conflict: event.warn(
    'The order had changed before; the caller has to read it again.',
    'order_id to version',
  ),
  shipping_assignment_accepted: event.info(
    'A courier accepted a delivery.',
    'assignment_id order_id courier_id duration_ms',
  ),
  shipping_assignment_conflict: event.warn(
    'A courier requested a delivery that was no longer available.',
    'assignment_id courier_id reason',
  ),
  attachment_upload_completed: event.info(
    'A file was stored.',
    'attachment_id content_type size_bytes duration_ms',
  ),
  staff_grant_completed: event.info(
    'An administrator (`user_id`) granted a role; `restaurants` counts the restaurants with it.',
    'user_id staff_id role restaurants',
  ),
  staff_revoke_completed: event.info(
    "An administrator (`user_id`) took a user's role away.",
    'user_id staff_id',
  ),
  assistant_fallback_used: event.warn(
    'The first model failed; the fallback model is used.',
    'model fallback_model',
  ),
  business_metrics_failed: event.warn(
    'The business metrics could not be read; the gauges keep their last values.',
    'err',
  ),
  ...accountLogEvents,
  ...moneyLogEvents,
};
