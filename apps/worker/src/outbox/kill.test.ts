import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeTokenKeys } from '@watchkeeper/galley/testing/token-keys';
import { createTestTelemetry } from '@watchkeeper/telemetry/testing';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { eventually } from '@watchkeeper/testing/waiting';
import {
  type RunningThirdParties,
  startThirdParties,
} from '@watchkeeper/third-parties/testing/running-third-parties';
import type { Pool } from 'pg';
import { addUser, orderPayload, paymentPayload, publish } from '../testing/events.ts';
import { startDatabase } from '../testing/test-database.ts';
import { killWorkers, startWorkerProcess } from '../testing/worker-process.ts';

const pairs = 180;
const folder = makeTemporaryFolder('kill');
let database: Awaited<ReturnType<typeof startDatabase>>;
let thirdParties: RunningThirdParties;
let pool: Pool;

beforeAll(async () => {
  const { telemetry } = await createTestTelemetry();
  database = await startDatabase(telemetry.logger);
  thirdParties = await startThirdParties();
  pool = database.createPool(4);
}, 120_000);
afterAll(async () => {
  await killWorkers();
  await pool.end();
  await thirdParties.stop();
  await database.stop();
  removeTemporaryFolders();
});

function start() {
  return startWorkerProcess({
    DATABASE_URL: database.url,
    TOKEN_KEYS_FILE: writeTokenKeys(folder).TOKEN_KEYS_FILE,
    SMS_URL: thirdParties.origin,
    WEBHOOK_PRIVATE_HOSTS: new URL(thirdParties.origin).host,
    WEBHOOK_DEMO_URL: `${thirdParties.origin}/hooks/demo`,
    // All of them in one batch, so that it always dies in the middle.
    OUTBOX_BATCH_SIZE: '500',
  });
}

async function count(sql: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(sql);
  return rows[0]?.count ?? 0;
}

const handled = () =>
  count('SELECT count(*)::integer FROM handlings.handlings WHERE handled_at IS NOT NULL');
/** Handled events of an unfinished batch. */
const unfinished = () =>
  count(`SELECT count(DISTINCT event_id)::integer FROM handlings.handlings
    JOIN events.outbox USING (event_id) WHERE processed_at IS NULL AND handled_at IS NOT NULL`);
const hasHandled = (atLeast: number) =>
  eventually(async () => expect(await handled()).toBeGreaterThan(atLeast));

/** One of the customers is `customerId`, in the middle. */
async function publishAll(customerId: string): Promise<void> {
  const { userId } = await addUser(pool);
  const events = Array.from({ length: pairs }, (_, index) => [
    { type: 'order.status_changed', payload: orderPayload(userId, 'delivered') },
    {
      type: 'payment.captured',
      payload: paymentPayload(index === pairs / 2 ? customerId : userId, 7),
    },
  ]);
  await publish(pool, ...events.flat());
}

/** Blocks this customer's roll-up, so that no worker finishes the batch, however quick. */
async function hold(customerId: string): Promise<() => Promise<void>> {
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query('INSERT INTO analytics.customers (customer_id) VALUES ($1)', [customerId]);
  return async () => {
    await client.query('ROLLBACK');
    client.release();
  };
}

test('loses nothing and applies nothing twice when killed in the middle of a batch', async () => {
  // The demo's subscription is there before the first event.
  const first = start();
  await eventually(async () =>
    expect(await count('SELECT count(*)::integer FROM webhooks.subscriptions')).toBe(1),
  );
  const customerId = randomUUID();
  const release = await hold(customerId);
  await publishAll(customerId);
  await hasHandled(20);
  await first.end('SIGKILL');
  await release();
  expect(await unfinished()).toBeGreaterThan(0);

  const second = start();
  await hasHandled(450);
  expect(await second.end('SIGTERM')).toBe(0);
  // A graceful shutdown commits the handled part of the batch and releases the rest.
  expect(await unfinished()).toBe(0);

  const last = start();
  await eventually(async () =>
    expect(
      await count('SELECT count(*)::integer FROM events.outbox WHERE processed_at IS NULL'),
    ).toBe(0),
  );
  const { rows } = await pool.query(
    `SELECT sum(delivered)::integer AS delivered, sum(captured_cents)::integer AS cents
     FROM analytics.hours`,
  );
  expect(rows).toEqual([{ delivered: pairs, cents: pairs * 7 }]);
  // Both concern analytics and webhooks, the first one notifications too.
  expect(await handled()).toBe(pairs * 5);
  await expectAllSent();
  expect(await last.end('SIGTERM')).toBe(0);
}, 120_000);

async function expectAllSent(): Promise<void> {
  await eventually(async () => {
    // The killed worker's items stay leased: end those leases now.
    for (const table of ['notifications.messages', 'webhooks.deliveries']) {
      await pool.query(`UPDATE ${table} SET next_attempt_at = now()
        WHERE status = 'pending' AND next_attempt_at > now() + interval '20 seconds'`);
    }
    expect(
      await count(`SELECT count(*)::integer FROM webhooks.deliveries WHERE status = 'done'`),
    ).toBe(pairs * 2);
    expect(
      await count(`SELECT count(*)::integer FROM notifications.messages WHERE status = 'done'`),
    ).toBe(pairs);
  });
  const { body } = await thirdParties.read('/sms/messages?limit=200');
  expect(body.messages).toHaveLength(pairs);
  const texts = body.messages.map(({ text }: { text: string }) => text);
  expect(new Set(texts).size).toBe(pairs);
}
