import { counter, event, gauge } from '@watchkeeper/telemetry';
import { accountLogEvents, accountMetrics } from './accounts/catalogue.ts';
import { assistantLogEvents } from './assistant/catalogue.ts';
import { attachmentLogEvents } from './attachments/catalogue.ts';
import { courierLogEvents, courierMetrics } from './couriers/catalogue.ts';
import { orderStatuses } from './orders/state-machine.ts';
import { moneyLogEvents, moneyMetrics } from './payments/catalogue.ts';

/** Source: the project's telemetry contract. */
export const apiMetrics = {
  orders_created_total: counter('Orders placed.'),
  orders_completed_total: counter('Orders delivered.'),
  order_status_transitions_total: counter('Asked changes of an order, by outcome.', {
    from: orderStatuses,
    to: orderStatuses,
    result: ['success', 'conflict', 'refused'],
  }),
  galley_restaurants: gauge('Restaurants in the catalogue.'),
  galley_orders: gauge('Orders, by status.', { status: orderStatuses }),
  ...accountMetrics,
  ...courierMetrics,
  ...moneyMetrics,
} as const;

/** Source: the project's telemetry contract. */
export const apiLogEvents = {
  order_create_completed: event.info(
    'An order was placed.',
    'order_id restaurant_id total_cents duration_ms',
  ),
  order_transition_conflict: event.warn(
    'Somebody else changed the order first; the caller was told to read it again.',
    'order_id to version',
  ),
  business_metrics_failed: event.warn(
    'The figures of the business could not be read; the gauges keep their last value.',
    'err',
  ),
  ...accountLogEvents,
  ...attachmentLogEvents,
  ...assistantLogEvents,
  ...courierLogEvents,
  ...moneyLogEvents,
};
