import { counter, type LogEventCatalogue } from '@watchkeeper/telemetry';

/** Metrics of deliveries. Source: the project's telemetry contract. */
export const courierMetrics = {
  delivery_assignments_total: counter(
    'Couriers who asked for a delivery, by whether they got it.',
    {
      result: ['accepted', 'conflict'],
    },
  ),
} as const;

/** Log events of deliveries. Source: the project's telemetry contract. */
export const courierLogEvents = {
  shipping_assignment_accepted: {
    level: 'info',
    meaning: 'A courier took a delivery.',
    fields: ['assignment_id', 'order_id', 'courier_id', 'duration_ms'],
  },
  shipping_assignment_conflict: {
    level: 'warn',
    meaning: 'A courier asked for a delivery that was not to be had any more.',
    fields: ['assignment_id', 'courier_id', 'reason'],
  },
} as const satisfies LogEventCatalogue;
