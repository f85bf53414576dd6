import { counter, event } from '@watchkeeper/telemetry';

/** Source: the project's telemetry contract. */
export const courierMetrics = {
  delivery_assignments_total: counter(
    'Couriers who asked for a delivery, by whether they got it.',
    {
      result: ['accepted', 'conflict'],
    },
  ),
} as const;

/** Source: the project's telemetry contract. */
export const courierLogEvents = {
  shipping_assignment_accepted: event.info(
    'A courier took a delivery.',
    'assignment_id order_id courier_id duration_ms',
  ),
  shipping_assignment_conflict: event.warn(
    'A courier asked for a delivery that was not to be had any more.',
    'assignment_id courier_id reason',
  ),
};
