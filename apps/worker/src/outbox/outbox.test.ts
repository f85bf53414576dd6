import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startTestTracing } from '@watchkeeper/telemetry/testing/spans';
import { eventually } from '@watchkeeper/testing/waiting';
import { watchBacklogs } from '../loops.ts';
import { addUser, orderPayload, paymentPayload, publish, stateOf } from '../testing/events.ts';
import { type RunningWorker, startWorker } from '../testing/running-worker.ts';

const spans = startTestTracing();
let worker: RunningWorker;
let customerId: string;

beforeAll(async () => {
  // The SMS provider is unreachable, which must not affect the other handlers.
  // Slow retries, so that even a busy machine sees an event before it is dead-lettered.
  worker = await startWorker({ SMS_URL: 'http://127.0.0.1:1', OUTBOX_RETRY_BASE_MS: '500' });
}, 120_000);
beforeEach(async () => {
  ({ userId: customerId } = await addUser(worker.pool));
  await worker.pool.query('TRUNCATE analytics.hours');
});
afterEach(() => worker.faults.clear());
afterAll(() => worker.stop());

const state = async (id = '') => (await stateOf(worker.pool, id))?.state;
const isNow = (id: string | undefined, wanted: string) =>
  eventually(async () => expect(await state(id)).toBe(wanted));

async function capturedCents(): Promise<number> {
  const { rows } = await worker.pool.query<{ cents: string }>(
    'SELECT COALESCE(sum(captured_cents), 0) AS cents FROM analytics.hours',
  );
  return Number(rows[0]?.cents);
}

const captured = (amountCents: number) => ({
  type: 'payment.captured',
  payload: paymentPayload(customerId, amountCents),
});

/** Also waits for a batch that began before the pause: it could still claim new events. */
async function pauseOutbox(): Promise<void> {
  worker.faults.set('pausedOutbox', { expiresInSeconds: 60 });
  await eventually(async () => {
    const { idleCount, totalCount, waitingCount } = worker.pool;
    expect({ idleCount, waitingCount }).toEqual({ idleCount: totalCount, waitingCount: 0 });
  });
}

test('runs every handler of an event', async () => {
  const payload = orderPayload(customerId, 'confirmed');
  const [id] = await publish(worker.pool, { type: 'order.status_changed', payload });
  await isNow(id, 'processed');
  const { rows } = await worker.pool.query(
    `SELECT handler FROM handlings.handlings WHERE event_id = $1 AND handled_at IS NOT NULL
     ORDER BY handler`,
    [id],
  );
  expect(rows.map(({ handler }) => handler)).toEqual(['analytics', 'notifications', 'webhooks']);
  expect(await worker.telemetry.renderMetrics()).toContain(
    'events_processed_total{event_type="order.status_changed",handler="analytics",result="success"} 1',
  );
});

test('links the handling to the request that published the event', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const context = { traceparent, request_id: 'req-1', correlation_id: 'corr-1' };
  worker.faults.set('failingHandlers', { share: 1, handler: 'analytics', expiresInSeconds: 60 });
  const [id] = await publish(worker.pool, { ...captured(1), context });
  const line = await eventually(async () => {
    const found = worker.linesOf('outbox_event_failed').find(({ event_id }) => event_id === id);
    expect(found).toBeDefined();
    return found;
  });
  expect(line).toMatchObject({ request_id: 'req-1', correlation_id: 'corr-1', attempt: 1 });
  const handling = spans
    .named('process payment.captured')
    .find((span) => span.spanContext().traceId === line?.trace_id);
  expect(handling?.links[0]?.context.spanId).toBe('b7ad6b7169203331');
  worker.faults.clear();
  await isNow(id, 'processed');
});

test('retries only the failed handler, and rolls its effect back', async () => {
  worker.faults.set('failingHandlers', { share: 1, handler: 'analytics', expiresInSeconds: 60 });
  const [id] = await publish(worker.pool, captured(700));
  await eventually(async () =>
    expect((await stateOf(worker.pool, id ?? ''))?.attempts).toBeGreaterThan(0),
  );
  expect(await capturedCents()).toBe(0);
  worker.faults.clear();
  await isNow(id, 'processed');
  expect(await capturedCents()).toBe(700);
  const { rows } = await worker.pool.query(
    'SELECT handler, failures FROM handlings.handlings WHERE event_id = $1 ORDER BY handler',
    [id],
  );
  expect(rows).toEqual([
    { handler: 'analytics', failures: expect.any(Number) },
    { handler: 'webhooks', failures: 0 },
  ]);
  expect(rows[0].failures).toBeGreaterThan(0);
});

test('dead-letters an event after the last attempt, and handles it when redriven', async () => {
  worker.faults.set('failingHandlers', { share: 1, handler: 'analytics', expiresInSeconds: 60 });
  const [id] = await publish(worker.pool, captured(900));
  await isNow(id, 'dead');
  expect(worker.linesOf('outbox_event_dead').at(-1)).toMatchObject({
    event_id: id,
    handler: 'analytics',
    failures: 3,
  });
  const { body } = await worker.ask('GET', '/api/v1/outbox/dead');
  expect(body.items.find((item: { id: string }) => item.id === id)).toMatchObject({
    type: 'payment.captured',
    handlers: ['analytics'],
    lastError: 'InjectedFaultError: The fault `failingHandlers` is injected.',
  });
  worker.faults.clear();
  expect(await worker.ask('POST', `/api/v1/outbox/${id}/redrive`)).toEqual({
    status: 202,
    body: { redriven: 1 },
  });
  await isNow(id, 'processed');
  expect(await capturedCents()).toBe(900);
  const again = await worker.ask('POST', `/api/v1/outbox/${id}/redrive`);
  expect(again).toMatchObject({
    status: 409,
    body: { details: { ruleViolated: 'EVENT_NOT_DEAD' } },
  });
});

test.each([
  ['by the endpoint', () => worker.ask('POST', '/api/v1/outbox/redrive')],
  [
    "by the runbook's statement",
    () =>
      worker.pool.query(`UPDATE events.outbox SET dead_at = NULL, attempts = 0,
        available_at = now() WHERE dead_at IS NOT NULL`),
  ],
])(
  'dead-letters an unreadable event at once, and handles it when redriven %s',
  async (_way, redrive) => {
    const payload = { amountCents: -1 };
    const [id = ''] = await publish(worker.pool, { type: 'payment.captured', payload });
    await isNow(id, 'dead');
    expect(await stateOf(worker.pool, id)).toMatchObject({
      attempts: 1,
      last_error: expect.stringMatching(
        /^UnusableEventError: Expected valid values for .*amountCents/,
      ),
    });
    await worker.pool.query('UPDATE events.outbox SET payload = $2 WHERE event_id = $1', [
      id,
      paymentPayload(customerId, 5),
    ]);
    await redrive();
    await isNow(id, 'processed');
    expect(await capturedCents()).toBe(5);
  },
);

test('handles no event while the outbox is paused', async () => {
  await pauseOutbox();
  const [id] = await publish(worker.pool, captured(10));
  await sleep(200);
  expect(await state(id)).toBe('pending');
  worker.faults.clear();
  await isNow(id, 'processed');
});

test('exports the backlog, its age, and the number of dead-lettered events', async () => {
  await pauseOutbox();
  const [waiting, dead] = await publish(worker.pool, captured(10), captured(20));
  await worker.pool.query(
    `UPDATE events.outbox SET created_at = now() - interval '100 seconds' WHERE event_id = $1`,
    [waiting],
  );
  await worker.pool.query('UPDATE events.outbox SET dead_at = now() WHERE event_id = $1', [dead]);
  await worker.pool.query(
    `INSERT INTO handlings.handlings (event_id, handler, dead_at) VALUES ($1, 'analytics', now())`,
    [dead],
  );
  watchBacklogs(worker.pool, worker.telemetry);
  await eventually(async () => {
    const metrics = await worker.telemetry.renderMetrics();
    expect(metrics).toContain('event_outbox_pending 1');
    expect(metrics).toMatch(/event_outbox_oldest_age_seconds 10\d/);
    expect(metrics).toContain('event_outbox_dead 1');
    expect(metrics).toContain('webhook_pending 0');
  });
});
