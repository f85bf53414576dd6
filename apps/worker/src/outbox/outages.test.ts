import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@watchkeeper/testing/waiting';
import { paymentPayload, publish, stateOf } from '../testing/events.ts';
import { type RunningWorker, startWorker } from '../testing/running-worker.ts';

let worker: RunningWorker;

beforeAll(async () => {
  worker = await startWorker({ SMS_URL: 'http://127.0.0.1:1' });
}, 120_000);
afterAll(() => worker.stop());

const captured = (amountCents: number) => ({
  type: 'payment.captured',
  payload: paymentPayload(randomUUID(), amountCents),
});
const isProcessed = (id = '') =>
  eventually(async () =>
    expect(await stateOf(worker.pool, id)).toMatchObject({ state: 'processed' }),
  );

test('keeps consuming when its listener loses the connection', async () => {
  await eventually(async () => {
    const { rowCount } = await worker.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'worker listener' AND query = 'LISTEN outbox'`,
    );
    expect(rowCount).toBe(1);
  });
  await eventually(async () => expect(worker.linesOf('listener_lost')).toHaveLength(1));
  const [id] = await publish(worker.pool, captured(10));
  await isProcessed(id);
  await eventually(async () => {
    const { rows } = await worker.pool.query(
      `SELECT FROM pg_stat_activity WHERE application_name = 'worker listener'`,
    );
    expect(rows).toHaveLength(1);
  });
});

test('loses nothing in a database outage, and logs it once', async () => {
  const [before] = await publish(worker.pool, captured(30));
  await isProcessed(before);
  await worker.database.without(() => sleep(300));
  const after = await eventually(() => publish(worker.pool, captured(40)));
  await isProcessed(after[0]);
  const { rows } = await worker.pool.query(
    'SELECT sum(captured_cents)::integer AS cents FROM analytics.hours',
  );
  // With the ten of the test before.
  expect(rows).toEqual([{ cents: 80 }]);
  const failures = worker.linesOf('worker_loop_failed').map(({ loop }) => loop);
  expect(failures.length).toBe(new Set(failures).size);
});
