import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestTelemetry, type TestTelemetry } from '@watchkeeper/telemetry/testing';
import { eventually } from '@watchkeeper/testing/waiting';
import type { Pool } from 'pg';
import { startRetention } from './retention.ts';
import { startDatabase } from './testing/test-database.ts';

let context: TestTelemetry;
let database: Awaited<ReturnType<typeof startDatabase>>;
let pool: Pool;

beforeAll(async () => {
  context = await createTestTelemetry();
  database = await startDatabase(context.telemetry.logger);
  pool = database.createPool(2);
}, 120_000);

afterAll(async () => {
  await context.telemetry.shutdown.run('test');
  await pool.end();
  await database.stop();
});

/** Writes events as the worker leaves them, with the row that says who handled each. */
async function write(count: number, columns: string, values: string): Promise<void> {
  await pool.query(
    `WITH e AS (
       INSERT INTO events.outbox (event_type, aggregate_id, payload, ${columns})
       SELECT 'test', gen_random_uuid(), '{}', ${values} FROM generate_series(1, $1)
       RETURNING event_id
     ) INSERT INTO handlings.handlings (event_id, handler, handled_at)
       SELECT event_id, 'analytics', now() FROM e`,
    [count],
  );
}

/** How many events are left: waiting, dead, and handled. */
async function left(): Promise<object> {
  const { rows } = await pool.query(
    `SELECT count(*) FILTER (WHERE processed_at IS NULL AND dead_at IS NULL)::integer AS waiting,
       count(*) FILTER (WHERE dead_at IS NOT NULL)::integer AS dead,
       count(*) FILTER (WHERE processed_at IS NOT NULL)::integer AS handled,
       (SELECT count(*)::integer FROM handlings.handlings) AS handlings
     FROM events.outbox`,
  );
  return rows[0];
}

test('removes old handled events behind any number of pending or dead ones', async () => {
  await write(1_200, 'dead_at', `now() - interval '1 year'`);
  await write(1_200, 'created_at', `now() - interval '1 year'`);
  await write(1_500, 'processed_at', `now() - interval '3 hours'`);
  await write(10, 'processed_at', `now() - interval '1 hour'`);
  const retention = startRetention(pool, 2, context.telemetry);
  const kept = { waiting: 1_200, dead: 1_200, handled: 10, handlings: 2_410 };
  await eventually(async () => expect(await left()).toEqual(kept));
  await retention.stop();
});
