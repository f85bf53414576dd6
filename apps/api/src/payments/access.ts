import type { Caller } from '@watchkeeper/galley';
import { assertMay } from '../orders/access.ts';
import type { PaymentCase } from './store.ts';

/**
 * Cards and wallets are charged by their owner; cash is taken at the door.
 * @throws HttpError 403
 */
export function assertMayCapture(caller: Caller, found: PaymentCase): void {
  const refusal = { action: 'capture this payment', code: 'capture_not_yours' };
  const isCash = found.payment.method === 'cash';
  assertMay(refusal, caller, isCash ? ['courier', 'restaurant'] : ['customer'], found);
}

/**
 * Restaurants refund; customers may refund the payment of a cancelled order.
 * @throws HttpError 403
 */
export function assertMayRefund(caller: Caller, found: PaymentCase): void {
  const refusal = { action: 'refund this payment', code: 'refund_not_yours' };
  const isCancelled = found.orderStatus === 'cancelled';
  assertMay(refusal, caller, isCancelled ? ['restaurant', 'customer'] : ['restaurant'], found);
}
