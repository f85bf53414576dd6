import {
  anything,
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
// A card processor may take its time, and the alert on slow captures must be able to see it.
const captureTimeoutMs = 20_000;

/** How an order can be paid for. */
export type PaymentMethod = 'card' | 'wallet' | 'cash';

/** The request that places an order. */
export function orderRequest(body: unknown, key: string | undefined) {
  return {
    operation: 'create_order',
    method: 'POST',
    path: `${api}/orders`,
    headers: key === undefined ? {} : { 'idempotency-key': key },
    body,
  } as const;
}

/** Places an order. @param expected 201 for a new one, 200 for one sent before */
export function placeOrder(client: Client, body: OrderBody, key: string, expected = 201) {
  return client.send({ ...orderRequest(body, key), expected, answer: order });
}

/** Reads an order with all that belongs to it. */
export function readOrder(client: Client, id: string) {
  return client.send({
    ...{ operation: 'read_order', path: `${api}/orders/${id}` },
    ...{ expected: 200, answer: orderDetails },
  });
}

/** The request that changes the status of an order, as of the version that was seen. */
export function changeRequest({ id, version }: Pick<Order, 'id' | 'version'>, to: string) {
  return {
    operation: 'change_order',
    method: 'POST',
    path: `${api}/orders/${id}/transitions`,
    body: { to, version },
  } as const;
}

/** Changes the status of an order. */
export function changeOrder(client: Client, seen: Order, to: string): Promise<Order> {
  return client.send({ ...changeRequest(seen, to), expected: 200, answer: order });
}

/** Looks into the wallet. */
export async function readBalance(client: Client): Promise<number> {
  const { balanceCents } = await client.send({
    ...{ operation: 'read_wallet', path: `${api}/wallet`, expected: 200, answer: wallet },
  });
  return balanceCents;
}

/** Chooses how to pay. */
export function createPayment(client: Client, orderId: string, method: PaymentMethod) {
  return client.send({
    ...{ operation: 'create_payment', method: 'POST', path: `${api}/orders/${orderId}/payments` },
    ...{ body: { method }, expected: 201, answer: payment },
  });
}

/** Pays. Resolves to nothing where the card or the wallet does not give it. */
export function capturePayment(
  client: Client,
  { id }: Payment,
  key: string,
): Promise<Payment | undefined> {
  return client.attempt({
    ...{ operation: 'capture_payment', method: 'POST', path: `${api}/payments/${id}/capture` },
    ...{ headers: { 'idempotency-key': key }, expected: 200, refusals: [409, 422] },
    ...{ answer: payment, timeoutMs: captureTimeoutMs },
  });
}

/** Reads a payment. */
export function readPayment(client: Client, id: string): Promise<Payment> {
  return client.send({
    ...{ operation: 'read_payment', path: `${api}/payments/${id}` },
    ...{ expected: 200, answer: payment },
  });
}

/** The request that gives money back. */
export function refundRequest(paymentId: string, amountCents: number, key: string) {
  return {
    operation: 'refund_payment',
    method: 'POST',
    path: `${api}/payments/${paymentId}/refunds`,
    headers: { 'idempotency-key': key },
    body: { amountCents, reason: 'Something was missing' },
    timeoutMs: captureTimeoutMs,
  } as const;
}

/** Gives money back. */
export async function refundPayment(
  client: Client,
  paymentId: string,
  amountCents: number,
  key: string,
): Promise<void> {
  const request = refundRequest(paymentId, amountCents, key);
  await client.send({ ...request, expected: 201, answer: refund });
}

/** Puts somebody on the list of those who can't write to one, or takes them off it. */
export async function setBlocked(client: Client, userId: string, isBlocked: boolean) {
  await client.send({
    operation: isBlocked ? 'block' : 'unblock',
    method: isBlocked ? 'PUT' : 'DELETE',
    path: `${api}/users/me/blocked/${userId}`,
    ...{ expected: 204, answer: anything },
  });
}
