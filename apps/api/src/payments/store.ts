import type { Pool } from 'pg';
import type { Queryable } from '../ledger/wallets.ts';
import type { OrderStatus } from '../orders/state-machine.ts';
import type { PaymentMethod } from './catalogue.ts';

type PaymentStatus = 'pending' | 'captured' | 'partially_refunded' | 'refunded' | 'declined';

export interface Payment {
  readonly id: string;
  readonly orderId: string;
  readonly method: PaymentMethod;
  readonly status: PaymentStatus;
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

const columns = `p.id, p.order_id AS "orderId", p.method, p.status, p.amount_cents AS "amountCents",
  p.refunded_cents AS "refundedCents", p.created_at AS "createdAt", p.captured_at AS "capturedAt"`;

type Row = Payment & Omit<PaymentCase, 'payment'>;

function asCase(row: Row): PaymentCase {
  const { captureKey, chargeId, customerId, restaurantId, courierId, orderStatus, ...payment } =
    row;
  return { payment, captureKey, chargeId, customerId, restaurantId, courierId, orderStatus };
}

const caseOf = `SELECT ${columns}, p.capture_key AS "captureKey", p.charge_id AS "chargeId",
    o.customer_id AS "customerId", o.restaurant_id AS "restaurantId",
    o.courier_id AS "courierId", o.status AS "orderStatus"
  FROM payments.payments p JOIN orders.orders o ON o.id = p.order_id WHERE p.id = $1`;

export async function findCase(queryable: Queryable, id: string): Promise<PaymentCase | undefined> {
  const { rows } = await queryable.query<Row>(caseOf, [id]);
  return rows[0] && asCase(rows[0]);
}

/** Locks the payment and its order until the transaction ends. */
export async function lockCase(client: Queryable, id: string): Promise<PaymentCase> {
  const { rows } = await client.query<Row>(`${caseOf} FOR UPDATE OF p FOR SHARE OF o`, [id]);
  if (rows[0] === undefined) throw new Error(`Expected the payment \`${id}\` to exist.`);
  return asCase(rows[0]);
}

/** The order's payment that was not declined; there is at most one. */
export async function findOfOrder(pool: Pool, orderId: string): Promise<Payment | undefined> {
  const { rows } = await pool.query<Payment>(
    `SELECT ${columns} FROM payments.payments p WHERE order_id = $1 AND status <> 'declined'`,
    [orderId],
  );
  return rows[0];
}

/** Creates a payment of the order's total; undefined if the order has one. */
export async function createPayment(pool: Pool, orderId: string, method: PaymentMethod) {
  const { rows } = await pool.query<Payment>(
    `INSERT INTO payments.payments AS p (order_id, method, amount_cents)
     SELECT id, $2, total_cents FROM orders.orders WHERE id = $1
     ON CONFLICT (order_id) WHERE status <> 'declined' DO NOTHING RETURNING ${columns}`,
    [orderId, method],
  );
  return rows[0];
}

export async function markCaptured(
  client: Queryable,
  id: string,
  { captureKey, chargeId }: { captureKey: string; chargeId: string | null },
): Promise<Payment> {
  const { rows } = await client.query<Payment>(
    `UPDATE payments.payments p SET status = 'captured', capture_key = $2, charge_id = $3,
       captured_at = now(), updated_at = now()
     WHERE id = $1 RETURNING ${columns}`,
    [id, captureKey, chargeId],
  );
  return rows[0] as Payment;
}

/** Only a pending payment can become declined. */
export async function markDeclined(pool: Pool, id: string, chargeId: string): Promise<void> {
  await pool.query(
    `UPDATE payments.payments SET status = 'declined', charge_id = $2, updated_at = now()
     WHERE id = $1 AND status = 'pending'`,
    [id, chargeId],
  );
}
