import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import {
  findAssignment,
  listActive,
  listOffered,
  lockAssignmentOf,
} from './couriers/assignment-store.ts';
import { createLedgerAudit } from './ledger/audit.ts';
import { readBalance } from './ledger/wallets.ts';
import { findOrderDetails, listOrders, type OrderPage } from './orders/store.ts';
import { findRefund } from './payments/refund-store.ts';
import { findCase, findOfOrder } from './payments/store.ts';
import { createRestaurantStore } from './restaurants/store.ts';
import { planOf } from './testing/explain.ts';
import { type RunningApi, startApi } from './testing/running-api.ts';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
  await fill(api.pool);
}, 120_000);

afterAll(() => api.stop());

/** A year of the demo in small: enough rows that reading a whole table is never the cheaper way. */
async function fill(pool: Pool): Promise<void> {
  await pool.query(`
    INSERT INTO catalogue.restaurants (name, cuisine)
      SELECT 'Restaurant ' || i, 'cuisine ' || i % 200 FROM generate_series(1, 3000) i;
    INSERT INTO catalogue.dishes (restaurant_id, name, price_cents)
      SELECT r.id, md5(r.id::text || i), 100 FROM catalogue.restaurants r, generate_series(1, 5) i;
    INSERT INTO orders.orders (customer_id, restaurant_id, courier_id, status, total_cents,
        idempotency_key, request_digest, created_at)
      SELECT md5('c' || i % 1000)::uuid, md5('r' || i % 500)::uuid, md5('d' || i % 500)::uuid,
        (ARRAY['delivered', 'cancelled'])[1 + i % 2], 1000, i, '', now() - i * interval '1 minute'
      FROM generate_series(1, 10000) i;
    INSERT INTO orders.order_items (order_id, dish_id, quantity, price_cents)
      SELECT id, gen_random_uuid(), 1, 1000 FROM orders.orders;
    INSERT INTO payments.payments (order_id, method, amount_cents, status)
      SELECT id, 'card', 1000, 'captured' FROM orders.orders;
    INSERT INTO couriers.assignments (order_id, courier_id, status, estimated_delivery_at)
      SELECT id, courier_id,
        (ARRAY['offered', 'accepted', 'picked_up', 'delivered'])[least(4, 1 + idempotency_key::int % 90)],
        now() FROM orders.orders;
    INSERT INTO payments.refunds (payment_id, amount_cents, reason, idempotency_key)
      SELECT id, 1, 'test', 'key' FROM payments.payments;
    INSERT INTO ledger.wallets (kind, owner_id)
      SELECT 'customer', gen_random_uuid() FROM generate_series(1, 1000);
    INSERT INTO ledger.entries (posting_id, wallet_id, payment_id, entry_type, amount_cents,
        idempotency_key, created_at)
      SELECT gen_random_uuid(), w.id, gen_random_uuid(), 'test', 1, w.id || '_' || i,
        now() - i * interval '1 day'
      FROM ledger.wallets w, generate_series(1, 20) i;
    INSERT INTO events.outbox (event_type, aggregate_id, payload, processed_at)
      SELECT 'user.registered', gen_random_uuid(), '{}', now() FROM generate_series(1, 10000)`);
  await pool.query('VACUUM ANALYZE');
}

const id = randomUUID();
const page = (of: OrderPage['of']) => (pool: Pool) =>
  listOrders(pool, { of, ownerId: id, limit: 20, after: id });

const hotQueries: readonly [string, (pool: Pool) => Promise<unknown>, readonly string[]][] = [
  [
    'an order with its items, payment and assignment',
    (pool) => findOrderDetails(pool, id),
    ['orders_pkey', 'order_items_pkey', 'idx_payments_order_id', 'assignments_order_id_key'],
  ],
  ["a page of a customer's orders", page('customer'), ['idx_orders_customer']],
  ["a page of a courier's orders", page('courier'), ['idx_orders_courier']],
  ["a page of a restaurant's orders", page('restaurant'), ['idx_orders_restaurant']],
  ['a payment with its order', (pool) => findCase(pool, id), ['payments_pkey', 'orders_pkey']],
  ['the payment of an order', (pool) => findOfOrder(pool, id), ['idx_payments_one_per_order']],
  [
    'the refund of a repeated request',
    (pool) => findRefund(pool, id, 'key'),
    ['refunds_payment_id_idempotency_key_key'],
  ],
  ['the balance of a wallet', (pool) => readBalance(pool, id), ['idx_entries_wallet_amount']],
  ['offered deliveries', (pool) => listOffered(pool, 20), ['idx_assignments_status']],
  [
    'deliveries that a courier has in hand',
    (pool) => listActive(pool, 20, id),
    ['idx_assignments_courier_status'],
  ],
  ['a delivery', (pool) => findAssignment(pool, id), ['assignments_pkey']],
  [
    'the delivery of an order',
    (pool) => lockAssignmentOf(pool as never, id),
    ['assignments_order_id_key'],
  ],
  [
    'restaurants and dishes by words',
    (pool) => createRestaurantStore(pool).search(['harbour', 'kitchen'], 20),
    ['idx_restaurants_search', 'idx_dishes_search'],
  ],
  [
    'the restaurants of a cuisine',
    (pool) => createRestaurantStore(pool).list({ limit: 20, cuisine: 'dutch' }),
    ['idx_restaurants_cuisine'],
  ],
  ['a menu', (pool) => createRestaurantStore(pool).find(id), ['restaurants_pkey']],
  [
    'late deliveries of a day',
    (pool) =>
      pool.query(`SELECT count(*) FROM couriers.assignments WHERE status = 'delivered'
        AND delivered_at > now() - interval '1 day' AND delivered_at > estimated_delivery_at`),
    ['idx_assignments_delivered_sla'],
  ],
  [
    'events that wait',
    (pool) =>
      pool.query(`SELECT id FROM events.outbox WHERE processed_at IS NULL AND dead_at IS NULL
        AND available_at <= now() ORDER BY available_at, id LIMIT 50`),
    ['idx_outbox_pending'],
  ],
  [
    'entries of a payment',
    (pool) => pool.query('SELECT * FROM ledger.entries WHERE payment_id = $1', [id]),
    ['idx_entries_payment_id'],
  ],
];

describe('the hot queries', () => {
  test.each(hotQueries)('%s: by index', async (_, ask, expected) => {
    const { indexes, scanned } = await planOf(api.pool, ask);
    expect([...indexes]).toEqual(expect.arrayContaining([...expected]));
    expect([...scanned]).toEqual([]);
  });

  test('the audit reads only new entries after its first check', async () => {
    let current = api.pool;
    const switched = { query: (...of: [string]) => current.query(...of) } as unknown as Pool;
    const audit = createLedgerAudit(switched, api.telemetry);
    await audit.check();
    const { indexes, scanned } = await planOf(api.pool, (pool) => {
      current = pool;
      return audit.check();
    });
    expect([...indexes].sort()).toEqual(['idx_entries_created_at', 'idx_entries_posting']);
    expect([...scanned]).toEqual([]);
  });
});
