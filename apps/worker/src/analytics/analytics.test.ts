import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@watchkeeper/testing/waiting';
import { dishId, orderPayload, paymentPayload, publish, restaurantId } from '../testing/events.ts';
import { type RunningWorker, startWorker } from '../testing/running-worker.ts';
import { watchAnalytics } from './metrics.ts';

const period = 'from=2026-01-31T12:00:00Z&to=2026-01-31T13:00:00Z';
let worker: RunningWorker;

beforeAll(async () => {
  worker = await startWorker({ SMS_URL: 'http://127.0.0.1:1' });
}, 120_000);
beforeEach(() =>
  worker.pool.query(`TRUNCATE analytics.hours, analytics.restaurant_hours, analytics.dish_hours,
    analytics.customers`),
);
afterAll(() => worker.stop());

async function read(path: string) {
  const { status, body } = await worker.ask('GET', `/api/v1/analytics/${path}`);
  expect(status).toBe(200);
  return body.items;
}

async function addOrder(customerId: string, quantity: number): Promise<string> {
  const { rows } = await worker.pool.query<{ id: string }>(
    `INSERT INTO orders.orders
       (customer_id, restaurant_id, total_cents, idempotency_key, request_digest)
     VALUES ($1, $2, 980, $3, '-') RETURNING id`,
    [customerId, restaurantId, randomUUID()],
  );
  await worker.pool.query(
    `INSERT INTO orders.order_items (order_id, dish_id, quantity, price_cents)
     VALUES ($1, $2, $3, 980)`,
    [rows[0]?.id, dishId, quantity],
  );
  return rows[0]?.id ?? '';
}

async function tellOfDay(busy: string, calm: string): Promise<void> {
  const placed = async (customerId: string, quantity: number) => ({
    type: 'order.placed',
    payload: orderPayload(customerId, 'placed', await addOrder(customerId, quantity)),
  });
  await publish(
    worker.pool,
    await placed(busy, 2),
    await placed(busy, 1),
    await placed(calm, 1),
    { type: 'order.status_changed', payload: orderPayload(busy, 'delivered') },
    { type: 'order.status_changed', payload: orderPayload(busy, 'preparing') },
    { type: 'order.status_changed', payload: orderPayload(calm, 'cancelled') },
    { type: 'payment.captured', payload: paymentPayload(busy, 1_960) },
    { type: 'payment.refunded', payload: paymentPayload(busy, 460) },
  );
  await eventually(async () => {
    const { rowCount } = await worker.pool.query(
      'SELECT FROM events.outbox WHERE processed_at IS NULL',
    );
    expect(rowCount).toBe(0);
  });
}

test('totals the business by hour, restaurant, dish and customer', async () => {
  const [busy, calm] = [randomUUID(), randomUUID()];
  await tellOfDay(busy, calm);
  const money = { capturedCents: 1_960, refundedCents: 460 };
  expect(await read(`hours?${period}`)).toEqual([
    { hour: '2026-01-31T12:00:00.000Z', orders: 3, delivered: 1, cancelled: 1, ...money },
  ]);
  expect(await read(`restaurants?${period}`)).toEqual([
    { restaurantId, name: 'Saffron Table', orders: 3, ...money },
  ]);
  expect(await read(`dishes?${period}`)).toEqual([
    { dishId, name: 'Chana masala', quantity: 4, soldCents: 3_920 },
  ]);
  const lastOrderAt = '2026-01-31T12:34:56.000Z';
  expect(await read('customers?limit=5')).toEqual([
    { customerId: busy, orders: 2, ...money, lastOrderAt },
    { customerId: calm, orders: 1, capturedCents: 0, refundedCents: 0, lastOrderAt },
  ]);
  expect(await read('hours')).toEqual([]);
});

test('exports a series for each restaurant and dish', async () => {
  await tellOfDay(randomUUID(), randomUUID());
  await worker.pool.query(`UPDATE analytics.dish_hours SET hour = date_trunc('hour', now())`);
  await worker.pool.query(`UPDATE analytics.restaurant_hours SET hour = date_trunc('hour', now())`);
  await worker.pool.query('UPDATE analytics.customers SET last_order_at = now()');
  const watch = watchAnalytics(worker.pool, worker.telemetry);
  const metrics = await eventually(async () => {
    const text = await worker.telemetry.renderMetrics();
    expect(text).toContain('galley_ordering_customers{period="day"} 2');
    return text;
  });
  await watch.stop();
  expect(metrics).toContain('galley_restaurant_orders{restaurant="Saffron Table"} 3');
  expect(metrics).toContain('galley_restaurant_captured_cents{restaurant="Saffron Table"} 1960');
  expect(metrics).toContain('galley_restaurant_orders{restaurant="Polder"} 0');
  expect(metrics).toContain('galley_dish_orders{dish="Chana masala"} 4');
});
