import { assertMay } from '../orders/access.ts';
import type { Viewer } from '../staff/viewer.ts';
import type { PaymentCase } from './store.ts';

/**
 * Cards and wallets are charged by their owner; cash is taken at the door.
 * @throws HttpError 403
 */
export function assertMayCapture(viewer: Viewer, found: PaymentCase): void {
  const refusal = { action: 'capture this payment', code: 'capture_not_yours' };
  const isCash = found.payment.method === 'cash';
  assertMay(refusal, viewer, isCash ? ['courier', 'restaurant'] : ['customer'], found);
}

/**
 * The order's restaurant refunds; customers may refund the payment of a cancelled order.
 * @throws HttpError 403
 */
export function assertMayRefund(viewer: Viewer, found: PaymentCase): void {
  const refusal = { action: 'refund this payment', code: 'refund_not_yours' };
  const isCancelled = found.orderStatus === 'cancelled';
  assertMay(refusal, viewer, isCancelled ? ['restaurant', 'customer'] : ['restaurant'], found);
}
