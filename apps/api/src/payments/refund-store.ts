import { execute, type Queryable, queryRow, sql } from '@watchkeeper/galley';
import type { NewRefund } from './schema.ts';

export interface Refund extends NewRefund {
  readonly id: string;
  readonly paymentId: string;
  /** `pending` until the card processor has refunded the charge. */
  readonly status: 'pending' | 'completed';
  readonly createdAt: string;
}

const columns = sql`id, payment_id AS "paymentId", amount_cents AS "amountCents", reason, status,
  created_at AS "createdAt"`;

/** The refund made by an earlier request with this key. */
export function findRefund(queryable: Queryable, paymentId: string, key: string) {
  return queryRow<Refund>(queryable)`
    SELECT ${columns} FROM payments.refunds
    WHERE payment_id = ${paymentId} AND idempotency_key = ${key}`;
}

/** Inserts a refund and updates its payment's total and status. */
export async function insertRefund(
  client: Queryable,
  paymentId: string,
  key: string,
  { amountCents, reason }: NewRefund,
): Promise<Refund> {
  await execute(client)`
    UPDATE payments.payments SET refunded_cents = refunded_cents + ${amountCents},
      updated_at = now(),
      status = CASE WHEN refunded_cents + ${amountCents} = amount_cents THEN 'refunded'
        ELSE 'partially_refunded' END
    WHERE id = ${paymentId}`;
  const refund = await queryRow<Refund>(client)`
    INSERT INTO payments.refunds (payment_id, amount_cents, reason, idempotency_key)
    VALUES (${paymentId}, ${amountCents}, ${reason}, ${key}) RETURNING ${columns}`;
  return refund as Refund;
}

/** Resolves to undefined if another request has completed it. */
export function completeRefund(client: Queryable, id: string): Promise<Refund | undefined> {
  return queryRow<Refund>(client)`
    UPDATE payments.refunds SET status = 'completed' WHERE id = ${id} AND status = 'pending'
    RETURNING ${columns}`;
}
