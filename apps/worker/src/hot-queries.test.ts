import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { planOf } from '@watchkeeper/api/testing/explain';
import { createTestTelemetry } from '@watchkeeper/telemetry/testing';
import type { Pool } from 'pg';
import { createSendingQueue } from './sending/queue.ts';
import { startDatabase } from './testing/test-database.ts';
import { listDeliveries } from './webhooks/deliveries.ts';

let database: Awaited<ReturnType<typeof startDatabase>>;
let pool: Pool;

beforeAll(async () => {
  const { telemetry } = await createTestTelemetry();
  database = await startDatabase(telemetry.logger);
  pool = database.createPool(2);
  await fill();
}, 120_000);

afterAll(async () => {
  await pool.end();
  await database.stop();
});

/** Weeks of the demo in small: nearly everything was sent long ago. */
async function fill(): Promise<void> {
  await pool.query(`
    INSERT INTO webhooks.subscriptions (url, event_types, secret)
      SELECT 'https://example.com/' || i, ARRAY['order.placed'], 'secret'
      FROM generate_series(1, 200) i;
    INSERT INTO webhooks.deliveries (subscription_id, event_id, event_type, body, status, finished_at)
      SELECT s.id, gen_random_uuid(), 'order.placed', '{}',
        CASE WHEN i % 10 = 0 THEN 'dead' ELSE 'done' END, now()
      FROM webhooks.subscriptions s, generate_series(1, 100) i;
    INSERT INTO notifications.messages (event_id, user_id, template, text, status, finished_at)
      SELECT gen_random_uuid(), gen_random_uuid(), 'welcome', 'Welcome', 'done', now()
      FROM generate_series(1, 20000)`);
  await pool.query('VACUUM ANALYZE');
}

const id = randomUUID();

test.each<[string, (pool: Pool) => Promise<unknown>, readonly string[]]>([
  [
    'webhooks that are due',
    (of) => createSendingQueue(of, 'webhooks.deliveries').claim(16),
    ['idx_webhook_deliveries_status_retry'],
  ],
  [
    'what has become of the webhooks of a subscription',
    (of) => listDeliveries(of, { limit: 20, status: 'dead', subscriptionId: id }),
    ['idx_webhook_deliveries_subscription'],
  ],
  [
    'text messages that are due',
    (of) => createSendingQueue(of, 'notifications.messages').claim(16),
    ['idx_messages_due'],
  ],
])('%s: by index', async (_, ask, expected) => {
  const { indexes, scanned } = await planOf(pool, ask);
  expect([...indexes]).toEqual(expect.arrayContaining([...expected]));
  expect([...scanned]).toEqual([]);
});
