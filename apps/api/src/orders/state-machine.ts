import { BusinessRuleError } from '@watchkeeper/telemetry';

export const orderStatuses = [
  'placed',
  'confirmed',
  'preparing',
  'delivering',
  'delivered',
  'cancelled',
] as const;

export type OrderStatus = (typeof orderStatuses)[number];

const allowed: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  placed: ['confirmed', 'cancelled'],
  confirmed: ['preparing', 'cancelled'],
  preparing: ['delivering', 'cancelled'],
  delivering: ['delivered'],
  delivered: [],
  cancelled: [],
};

/**
 * @throws BusinessRuleError if the life cycle does not allow the change
 */
export function assertTransition(from: OrderStatus, to: OrderStatus): void {
  if (allowed[from].includes(to)) return;
  const context = { currentStatus: from, requestedStatus: to };
  if (to === 'cancelled' && from !== 'cancelled') {
    throw new BusinessRuleError(
      'ORDER_CANCELLATION_WINDOW_EXPIRED',
      'An order can be cancelled until it is out for delivery.',
      context,
    );
  }
  throw new BusinessRuleError(
    'ORDER_TRANSITION_FORBIDDEN',
    `An order that is ${from} can't become ${to}.`,
    context,
  );
}
