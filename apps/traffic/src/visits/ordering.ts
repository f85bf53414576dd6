import type { Account } from '../people/account.ts';
import {
  type Order,
  order,
  orderDetails,
  type Payment,
  payment,
  refund,
  wallet,
} from '../target/answers.ts';
import type { Client } from '../target/client.ts';
import type { OrderBody } from './browsing.ts';

const api = '/api/v1';
// Long enough for the alert on slow captures.
const captureTimeoutMs = 20_000;

export type PaymentMethod = 'card' | 'wallet' | 'cash';

/** An order whose payment was accepted, or is cash. */
export interface PlacedOrder {
  readonly order: Order;
  readonly payment: Payment;
  readonly method: PaymentMethod;
  readonly customer: Account;
}

export function orderRequest(body: unknown, key: string | undefined) {
  return {
    operation: 'create_order',
    method: 'POST',
    path: `${api}/orders`,
    headers: key === undefined ? {} : { 'idempotency-key': key },
    body,
  } as const;
}

/** `expected` is 201 for a new order, 200 for a repeated request. */
export function placeOrder(client: Client, body: OrderBody, key: string, expected = 201) {
  return client.send({ ...orderRequest(body, key), expected, answer: order });
}

export function readOrder(client: Client, id: string) {
  return client.send({
    ...{ operation: 'read_order', path: `${api}/orders/${id}`, answer: orderDetails },
  });
}

/** The request for a status change, with the version that was read. */
export function changeRequest({ id, version }: Pick<Order, 'id' | 'version'>, to: string) {
  return {
    operation: 'change_order',
    method: 'POST',
    path: `${api}/orders/${id}/transitions`,
    body: { to, version },
  } as const;
}

export function changeOrder(client: Client, seen: Order, to: string): Promise<Order> {
  return client.send({ ...changeRequest(seen, to), answer: order });
}

export async function readBalance(client: Client): Promise<number> {
  const { balanceCents } = await client.send({
    ...{ operation: 'read_wallet', path: `${api}/wallet`, answer: wallet },
  });
  return balanceCents;
}

export function createPayment(client: Client, orderId: string, method: PaymentMethod) {
  return client.send({
    ...{ operation: 'create_payment', method: 'POST', path: `${api}/orders/${orderId}/payments` },
    ...{ body: { method }, expected: 201, answer: payment },
  });
}

/** Undefined if the card or the wallet is declined. */
export function capturePayment(
  client: Client,
  { id }: Payment,
  key: string,
): Promise<Payment | undefined> {
  return client.attempt({
    ...{ operation: 'capture_payment', method: 'POST', path: `${api}/payments/${id}/capture` },
    ...{ headers: { 'idempotency-key': key }, refusals: [409, 422], answer: payment },
    timeoutMs: captureTimeoutMs,
  });
}

export async function refundPayment(
  client: Client,
  paymentId: string,
  amountCents: number,
  key: string,
): Promise<void> {
  await client.send({
    ...{
      operation: 'refund_payment',
      method: 'POST',
      path: `${api}/payments/${paymentId}/refunds`,
    },
    ...{ headers: { 'idempotency-key': key }, timeoutMs: captureTimeoutMs },
    body: { amountCents, reason: 'Something was missing' },
    ...{ expected: 201, answer: refund },
  });
}

export async function setBlocked(client: Client, userId: string, isBlocked: boolean) {
  await client.send({
    ...{ operation: isBlocked ? 'block' : 'unblock', method: isBlocked ? 'PUT' : 'DELETE' },
    ...{ path: `${api}/users/me/blocked/${userId}`, expected: 204 },
  });
}
