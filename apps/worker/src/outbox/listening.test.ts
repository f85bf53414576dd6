import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@watchkeeper/testing/waiting';
import { publish, stateOf } from '../testing/events.ts';
import { type RunningWorker, startWorker } from '../testing/running-worker.ts';

let worker: RunningWorker;

beforeAll(async () => {
  // Longer than this test, so that only a notification can wake it.
  worker = await startWorker({ OUTBOX_POLL_MS: '60000' });
}, 120_000);
afterAll(() => worker.stop());

test('wakes up when an event is committed', async () => {
  await eventually(async () => {
    const { rowCount } = await worker.pool.query(
      `SELECT FROM pg_stat_activity WHERE application_name = 'worker listener' AND state = 'idle'
         AND query IN ('LISTEN outbox', 'SELECT 1')`,
    );
    expect(rowCount).toBe(1);
  });
  for (let i = 0; i < 3; i += 1) {
    const [id = ''] = await publish(worker.pool, { type: 'nobody.cares', payload: {} });
    await eventually(async () =>
      expect(await stateOf(worker.pool, id)).toMatchObject({ state: 'processed' }),
    );
  }
});
