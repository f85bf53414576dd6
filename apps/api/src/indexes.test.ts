import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RunningApi, startApi } from './testing/running-api.ts';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
}, 120_000);

afterAll(() => api.stop());

/** The columns by which each table must be found, beside its primary key. */
const wanted: readonly (readonly [table: string, columns: string])[] = [
  ['orders.orders', 'customer_id'],
  ['orders.orders', 'status'],
  ['orders.orders', 'created_at'],
  ['payments.payments', 'order_id'],
  ['payments.payments', 'status'],
  ['payments.payments', 'method'],
  ['ledger.entries', 'wallet_id,amount_cents'],
  ['ledger.entries', 'payment_id'],
  ['ledger.entries', 'idempotency_key'],
  ['couriers.assignments', 'order_id'],
  ['couriers.assignments', 'courier_id,status'],
  ['couriers.assignments', 'status'],
  ['couriers.assignments', 'delivered_at,estimated_delivery_at'],
];

test.each(wanted)('%s has an index that begins with %s', async (table, columns) => {
  const { rows } = await api.pool.query<{ columns: string }>(
    `SELECT (SELECT string_agg(a.attname, ',' ORDER BY k.at)
       FROM unnest(i.indkey) WITH ORDINALITY k (number, at)
       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number) AS columns
     FROM pg_index i WHERE i.indrelid = $1::regclass AND i.indisvalid`,
    [table],
  );
  const beginnings = rows.map((index) => `${index.columns},`);
  expect(beginnings.some((index) => index.startsWith(`${columns},`))).toBe(true);
});
