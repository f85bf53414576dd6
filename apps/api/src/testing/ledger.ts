import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Pool } from 'pg';
import type { PaymentMethod } from '../payments/catalogue.ts';
import { createPayment, findCase, type PaymentCase } from '../payments/store.ts';

/** Fails unless every posting and every payment sums to zero, and with them the whole ledger. */
export async function expectBalancedLedger(pool: Pool): Promise<void> {
  const { rows } = await pool.query(
    `SELECT 'posting' AS of, posting_id::text AS id, sum(amount_cents)::float8 AS cents
       FROM ledger.entries GROUP BY posting_id HAVING sum(amount_cents) <> 0
     UNION ALL
     SELECT 'payment', payment_id::text, sum(amount_cents)::float8
       FROM ledger.entries GROUP BY payment_id HAVING sum(amount_cents) <> 0
     UNION ALL
     SELECT 'ledger', '', sum(amount_cents)::float8 FROM ledger.entries
       HAVING sum(amount_cents) <> 0`,
  );
  expect(rows).toEqual([]);
}

/** The balance of a kind of wallet in cents; of all owners together unless one is named. */
export async function balanceOf(pool: Pool, kind: string, ownerId?: string): Promise<number> {
  const { rows } = await pool.query<{ cents: number }>(
    `SELECT coalesce(sum(amount_cents), 0)::float8 AS cents
     FROM ledger.entries e JOIN ledger.wallets w ON w.id = e.wallet_id
     WHERE w.kind = $1 AND ($2::uuid IS NULL OR w.owner_id = $2)`,
    [kind, ownerId ?? null],
  );
  return rows[0]?.cents ?? 0;
}

/** Makes an order with a payment that waits to be captured. */
export async function createPendingPayment(
  pool: Pool,
  method: PaymentMethod,
  { totalCents = 2_500, customerId = randomUUID(), restaurantId = randomUUID() } = {},
): Promise<PaymentCase> {
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO orders.orders
       (customer_id, restaurant_id, total_cents, idempotency_key, request_digest)
     VALUES ($1, $2, $3, gen_random_uuid(), '') RETURNING id`,
    [customerId, restaurantId, totalCents],
  );
  const payment = await createPayment(pool, rows[0]?.id ?? '', method);
  return (await findCase(pool, payment?.id ?? '')) as PaymentCase;
}
