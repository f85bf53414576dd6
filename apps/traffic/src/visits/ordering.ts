import type { Account } from '../people/account.ts';
import type { Client } from '../target/client.ts';
import type { Order, Payment } from '../target/operations.ts';

export type PaymentMethod = 'card' | 'wallet' | 'cash';

/** An order whose payment was accepted, or is cash. */
export interface PlacedOrder {
  readonly order: Order;
  readonly payment: Payment;
  readonly method: PaymentMethod;
  readonly customer: Account;
}

/** The request for a status change, with the version that was read. */
export function changeRequest({ id, version }: Pick<Order, 'id' | 'version'>, to: string) {
  return { id, body: { to, version } };
}

/** A request with this body, which the api carries out once for each key. */
export function onceRequest(body: unknown, key: string) {
  return { body, headers: { 'idempotency-key': key } };
}

/** Undefined if the card or the wallet is declined. */
export function capturePayment(
  client: Client,
  { id }: Payment,
  key: string,
): Promise<Payment | undefined> {
  const headers = { 'idempotency-key': key };
  return client.attempt('capture_payment', { id, headers, refusals: [409, 422] });
}
