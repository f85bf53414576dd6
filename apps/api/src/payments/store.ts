import { execute, type Queryable, queryRow, sql } from '@watchkeeper/galley';
import type { Pool } from 'pg';
import type { OrderStatus } from '../orders/state-machine.ts';
import type { PaymentMethod } from './catalogue.ts';

export interface Payment {
  readonly id: string;
  readonly orderId: string;
  readonly method: PaymentMethod;
  readonly status: 'pending' | 'captured' | 'partially_refunded' | 'refunded' | 'declined';
  readonly amountCents: number;
  readonly refundedCents: number;
  readonly createdAt: string;
  readonly capturedAt: string | null;
}

/** A payment with its order's status and participants. */
export interface PaymentCase {
  readonly payment: Payment;
  readonly captureKey: string | null;
  readonly chargeId: string | null;
  readonly customerId: string;
  readonly restaurantId: string;
  readonly courierId: string | null;
  readonly orderStatus: OrderStatus;
}

const columns = sql`p.id, p.order_id AS "orderId", p.method, p.status,
  p.amount_cents AS "amountCents", p.refunded_cents AS "refundedCents",
  p.created_at AS "createdAt", p.captured_at AS "capturedAt"`;

/** @param lock a locking clause */
export async function findCase(
  queryable: Queryable,
  id: string,
  lock = sql``,
): Promise<PaymentCase | undefined> {
  const row = await queryRow<Payment & Omit<PaymentCase, 'payment'>>(queryable)`
    SELECT ${columns}, p.capture_key AS "captureKey", p.charge_id AS "chargeId",
      o.customer_id AS "customerId", o.restaurant_id AS "restaurantId",
      o.courier_id AS "courierId", o.status AS "orderStatus"
    FROM payments.payments p JOIN orders.orders o ON o.id = p.order_id WHERE p.id = ${id} ${lock}`;
  if (row === undefined) return undefined;
  const { captureKey, chargeId, customerId, restaurantId, courierId, orderStatus, ...payment } =
    row;
  return { payment, captureKey, chargeId, customerId, restaurantId, courierId, orderStatus };
}

/** Locks the payment and its order until the transaction ends. */
export async function lockCase(client: Queryable, id: string): Promise<PaymentCase> {
  const found = await findCase(client, id, sql`FOR UPDATE OF p FOR SHARE OF o`);
  if (found === undefined) throw new Error(`Expected the payment \`${id}\` to exist.`);
  return found;
}

/** The order's payment that was not declined; there is at most one. */
export function findOfOrder(pool: Pool, orderId: string): Promise<Payment | undefined> {
  return queryRow<Payment>(pool)`
    SELECT ${columns} FROM payments.payments p
    WHERE order_id = ${orderId} AND status <> 'declined'`;
}

/** Creates a payment of the order's total; undefined if the order has one. */
export function createPayment(pool: Pool, orderId: string, method: PaymentMethod) {
  return queryRow<Payment>(pool)`
    INSERT INTO payments.payments AS p (order_id, method, amount_cents)
    SELECT id, ${method}, total_cents FROM orders.orders WHERE id = ${orderId}
    ON CONFLICT (order_id) WHERE status <> 'declined' DO NOTHING RETURNING ${columns}`;
}

export async function markCaptured(
  client: Queryable,
  id: string,
  { captureKey, chargeId }: { captureKey: string; chargeId: string | null },
): Promise<Payment> {
  const captured = await queryRow<Payment>(client)`
    UPDATE payments.payments p SET status = 'captured', capture_key = ${captureKey},
      charge_id = ${chargeId}, captured_at = now(), updated_at = now()
    WHERE id = ${id} RETURNING ${columns}`;
  return captured as Payment;
}

/** Only a pending payment can become declined. */
export async function markDeclined(pool: Pool, id: string, chargeId: string): Promise<void> {
  await execute(pool)`
    UPDATE payments.payments SET status = 'declined', charge_id = ${chargeId}, updated_at = now()
    WHERE id = ${id} AND status = 'pending'`;
}
