import type { Caller, Role } from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';
import { notFound } from '../http/resource.ts';
import { isParty, mayRead } from '../orders/access.ts';
import type { PaymentCase } from './store.ts';

/** @throws HttpError 404 if the payment is unknown or not visible to the caller */
export function assertMayRead(
  caller: Caller,
  id: string,
  found: PaymentCase | undefined,
): asserts found is PaymentCase {
  if (found === undefined || !mayRead(caller, found)) throw notFound('payment', id);
}

/**
 * Cards and wallets are charged by their owner; cash is taken at the door.
 * @throws HttpError 403
 */
export function assertMayCapture(caller: Caller, found: PaymentCase): void {
  const isCash = found.payment.method === 'cash';
  assertParty(caller, found, 'capture', isCash ? ['courier', 'restaurant'] : ['customer']);
}

/**
 * Restaurants refund; customers may refund the payment of a cancelled order.
 * @throws HttpError 403
 */
export function assertMayRefund(caller: Caller, found: PaymentCase): void {
  const isCancelled = found.orderStatus === 'cancelled';
  assertParty(caller, found, 'refund', isCancelled ? ['restaurant', 'customer'] : ['restaurant']);
}

function assertParty(
  caller: Caller,
  found: PaymentCase,
  action: 'capture' | 'refund',
  roles: readonly Role[],
): void {
  if ([...roles, 'admin' as const].some((role) => isParty(caller, role, found))) return;
  throw new HttpError(403, `You may not ${action} this payment.`, { code: `${action}_not_yours` });
}
