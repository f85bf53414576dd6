import type { Queryable } from '../ledger/wallets.ts';

export interface Refund {
  readonly id: string;
  readonly paymentId: string;
  readonly amountCents: number;
  readonly reason: string;
  /** `pending` until the card processor has refunded the charge. */
  readonly status: 'pending' | 'completed';
  readonly createdAt: string;
}

export interface NewRefund {
  readonly amountCents: number;
  readonly reason: string;
}

const columns = `id, payment_id AS "paymentId", amount_cents AS "amountCents", reason, status,
  created_at AS "createdAt"`;

/** The refund made by an earlier request with this key. */
export async function findRefund(queryable: Queryable, paymentId: string, key: string) {
  const { rows } = await queryable.query<Refund>(
    `SELECT ${columns} FROM payments.refunds WHERE payment_id = $1 AND idempotency_key = $2`,
    [paymentId, key],
  );
  return rows[0];
}

/** Inserts a refund and updates its payment's total and status. */
export async function insertRefund(
  client: Queryable,
  paymentId: string,
  key: string,
  { amountCents, reason }: NewRefund,
): Promise<Refund> {
  await client.query(
    `UPDATE payments.payments SET refunded_cents = refunded_cents + $2, updated_at = now(),
       status = CASE WHEN refunded_cents + $2 = amount_cents THEN 'refunded'
         ELSE 'partially_refunded' END
     WHERE id = $1`,
    [paymentId, amountCents],
  );
  const { rows } = await client.query<Refund>(
    `INSERT INTO payments.refunds (payment_id, amount_cents, reason, idempotency_key)
     VALUES ($1, $2, $3, $4) RETURNING ${columns}`,
    [paymentId, amountCents, reason, key],
  );
  return rows[0] as Refund;
}

/** Resolves to undefined if another request has completed it. */
export async function completeRefund(client: Queryable, id: string): Promise<Refund | undefined> {
  const { rows } = await client.query<Refund>(
    `UPDATE payments.refunds SET status = 'completed' WHERE id = $1 AND status = 'pending'
     RETURNING ${columns}`,
    [id],
  );
  return rows[0];
}
