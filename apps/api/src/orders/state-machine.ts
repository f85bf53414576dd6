import type { Role } from '@watchkeeper/galley';
import { BusinessRuleError } from '@watchkeeper/telemetry';

const allowed = {
  placed: ['confirmed', 'cancelled'],
  confirmed: ['preparing', 'cancelled'],
  preparing: ['delivering', 'cancelled'],
  delivering: ['delivered'],
  delivered: [],
  cancelled: [],
} as const;

export type OrderStatus = keyof typeof allowed;

export const orderStatuses = Object.keys(allowed) as OrderStatus[];

/** The roles, besides `admin`, that may change an order to a status. */
export const movers: Readonly<Record<OrderStatus, readonly Role[]>> = {
  placed: [],
  confirmed: ['restaurant'],
  preparing: ['restaurant'],
  delivering: ['courier'],
  delivered: ['courier'],
  cancelled: ['customer', 'restaurant'],
};

/** @throws BusinessRuleError if the life cycle does not allow the change */
export function assertTransition(from: OrderStatus, to: OrderStatus): void {
  const next: readonly OrderStatus[] = allowed[from];
  if (next.includes(to)) return;
  const context = { currentStatus: from, requestedStatus: to };
  if (to === 'cancelled' && from !== 'cancelled') {
    const message = 'An order can be cancelled until it is out for delivery.';
    throw new BusinessRuleError('ORDER_CANCELLATION_WINDOW_EXPIRED', message, context);
  }
  const message = `An order that is ${from} can't become ${to}.`;
  throw new BusinessRuleError('ORDER_TRANSITION_FORBIDDEN', message, context);
}
