import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createTestTelemetry, type TestTelemetry } from '@watchkeeper/telemetry/testing';
import { eventually } from '@watchkeeper/testing/waiting';
import type { Pool } from 'pg';
import { createWorkerFaults } from '../faults.ts';
import { handlers } from '../loops.ts';
import { startLoop } from '../running/loop.ts';
import { orderPayload, paymentPayload, publish } from '../testing/events.ts';
import { startDatabase } from '../testing/test-database.ts';
import { createConsumer } from './consumer.ts';
import { createHandleOnce } from './event-handling.ts';

let service: TestTelemetry;
let database: Awaited<ReturnType<typeof startDatabase>>;
let pool: Pool;

beforeAll(async () => {
  service = await createTestTelemetry();
  database = await startDatabase(service.telemetry.logger);
  pool = database.createPool(12);
}, 120_000);
beforeEach(async () => {
  await pool.query(`TRUNCATE events.outbox, handlings.handlings, analytics.hours,
    analytics.restaurant_hours, analytics.customers`);
});
afterAll(async () => {
  await pool.end();
  await database.stop();
});

function consume(count: number) {
  const { telemetry } = service;
  const faults = createWorkerFaults(pool, telemetry.logger, true);
  const schedule = { baseMs: 10, capMs: 100, maxAttempts: 50 };
  const options = { pool, handlers, faults, schedule, batchSize: 7 };
  const loops = Array.from({ length: count }, (_, index) => {
    const { runBatch } = createConsumer(options, telemetry);
    const run = async (stopping: AbortSignal) => (await runBatch(stopping)).isMore;
    return startLoop({ name: `consumer ${index}`, idleMs: 20, run }, telemetry);
  });
  return { faults, stop: () => Promise.all(loops.map((loop) => loop.stop())) };
}

async function expectAll(events: number, cents: number): Promise<void> {
  const { rows } = await pool.query(
    `SELECT sum(orders)::integer AS orders, sum(captured_cents)::integer AS cents
     FROM analytics.hours`,
  );
  expect(rows[0]).toEqual({ orders: events, cents });
  const handled = await pool.query(
    'SELECT count(*)::integer AS count FROM handlings.handlings WHERE handled_at IS NOT NULL',
  );
  // Orders and payments concern analytics and webhooks.
  expect(handled.rows[0].count).toBe(events * 2 * 2);
}

test('applies each event once with three consumers and a third of the attempts failing', async () => {
  const count = 150;
  const events = Array.from({ length: count }, () => {
    const customerId = randomUUID();
    return [
      { type: 'order.placed', payload: orderPayload(customerId) },
      { type: 'payment.captured', payload: paymentPayload(customerId, 11) },
    ];
  });
  await publish(pool, ...events.flat());
  const consumers = consume(3);
  consumers.faults.set('failingHandlers', { share: 0.3, expiresInSeconds: 60 });
  await eventually(async () => {
    const { rows } = await pool.query(
      'SELECT count(*)::integer AS left FROM events.outbox WHERE processed_at IS NULL',
    );
    expect(rows[0].left).toBe(0);
  });
  await consumers.stop();
  consumers.faults.clear();
  await expectAll(count, count * 11);
  expect(service.linesOf('worker_loop_failed')).toEqual([]);
}, 60_000);

test('applies an event once when several workers handle it without a lock', async () => {
  const [eventId = ''] = await publish(pool, {
    type: 'payment.captured',
    payload: paymentPayload(randomUUID(), 11),
  });
  const faults = createWorkerFaults(pool, service.telemetry.logger, true);
  const { rows } = await pool.query('SELECT payload FROM events.outbox');
  const event = {
    ...{ id: eventId, aggregateId: eventId, type: 'payment.captured' },
    ...{ payload: rows[0].payload, createdAt: new Date() },
  };
  const [analytics] = handlers;
  const handleOnce = createHandleOnce(analytics, faults, service.telemetry);
  const work = Array.from({ length: 8 }, async () => {
    const client = await pool.connect();
    await handleOnce(event, client).finally(() => client.release());
  });
  await Promise.all(work);
  const sums = await pool.query('SELECT captured_cents::integer AS cents FROM analytics.hours');
  expect(sums.rows).toEqual([{ cents: 11 }]);
});
