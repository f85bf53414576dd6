import type { Caller, Role } from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';
import { isParty, mayRead } from '../orders/access.ts';
import type { PaymentCase } from './store.ts';

/** @throws HttpError 404 if the payment is unknown or not visible to the caller */
export function assertMayRead(
  caller: Caller,
  id: string,
  found: PaymentCase | undefined,
): asserts found is PaymentCase {
  if (found !== undefined && mayRead(caller, found)) return;
  throw new HttpError(404, `There is no payment \`${id}\`.`, { code: 'payment_unknown' });
}

/**
 * A card or a wallet is its owner's to spend; cash is taken by who stands at the door.
 * @throws HttpError 403
 */
export function assertMayCapture(caller: Caller, found: PaymentCase): void {
  const isCash = found.payment.method === 'cash';
  const roles: readonly Role[] = isCash
    ? ['courier', 'restaurant', 'admin']
    : ['customer', 'admin'];
  if (roles.some((role) => isParty(caller, role, found))) return;
  throw new HttpError(403, 'It is not for you to capture this payment.', {
    code: 'capture_not_yours',
  });
}

/**
 * A restaurant gives money back; a customer may have it back where the order was cancelled.
 * @throws HttpError 403
 */
export function assertMayRefund(caller: Caller, found: PaymentCase): void {
  const isCancelled = found.orderStatus === 'cancelled';
  const roles: readonly Role[] = [
    'restaurant',
    'admin',
    ...(isCancelled ? ['customer'] : []),
  ] as Role[];
  if (roles.some((role) => isParty(caller, role, found))) return;
  throw new HttpError(403, 'It is not for you to refund this payment.', {
    code: 'refund_not_yours',
  });
}
