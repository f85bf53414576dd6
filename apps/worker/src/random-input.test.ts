import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { publish } from './testing/events.ts';
import { type RunningWorker, startWorker } from './testing/running-worker.ts';
import { webhookEventTypes } from './webhooks/handler.ts';

let worker: RunningWorker;

beforeAll(async () => {
  worker = await startWorker({ SMS_URL: 'http://127.0.0.1:1' });
}, 120_000);
afterAll(() => worker.stop());

const id = fc.oneof(fc.uuid(), fc.string({ unit: 'binary', maxLength: 20 }), fc.constant('%00'));
/** Any endpoint that there is, with anything in the place of its parameters. */
function endpoints() {
  return fc.tuple(fc.constantFrom(...worker.routes), id).map(([{ method, path }, value]) => ({
    method,
    path: path.replace(/:\w+/g, () => encodeURIComponent(value.toWellFormed())),
  }));
}
const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.uuid(),
  fc.integer().map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom('dead', 'pending', '0', '200', '1e3', '+275760-09-13T00:00:00.000Z'),
);
const query = fc
  .dictionary(
    fc.constantFrom('limit', 'after', 'status', 'subscriptionId', 'from', 'to', 'other', 'limit[]'),
    value,
    { maxKeys: 3 },
  )
  .map((entries) => new URLSearchParams(entries).toString());
const nearly = fc.record(
  {
    url: fc.oneof(fc.webUrl(), fc.string({ unit: 'binary' }), fc.constant('http://[::1]/')),
    eventTypes: fc.oneof(fc.subarray([...webhookEventTypes]), fc.array(fc.string()), fc.string()),
    description: fc.oneof(fc.string({ unit: 'binary', maxLength: 250 }), fc.constant('\u0000')),
    other: fc.anything(),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  fc.json(),
  fc.string({ unit: 'binary' }),
  nearly.map((it) => JSON.stringify(it) ?? ''),
);

test('never answers 5xx to any input of an administrator', async () => {
  const property = fc.asyncProperty(
    endpoints(),
    query,
    body,
    async ({ method, path }, query, body) => {
      const answer = await worker.ask(
        method,
        `${path}?${query}`,
        method === 'GET' ? undefined : body,
      );
      expect({ ...answer, isOurs: answer.status < 500 }).toMatchObject({ isOurs: true });
    },
  );
  await fc.assert(property, { numRuns: 600 });
  const metrics = await worker.telemetry.renderMetrics();
  const routes = new Set([...metrics.matchAll(/route="([^"]*)"/g)].map(([, route]) => route));
  const known = new Set(worker.routes.map(({ path }) => path));
  expect(routes).toEqual(new Set([...known, 'unmatched']));
}, 60_000);

test('survives any event payload', async () => {
  const types = [...webhookEventTypes, 'user.registered', 'message.sent', '__proto__'];
  // A database does not take the character 0 in JSON, so no event has it.
  const text = fc.string().filter((it) => !it.includes('\u0000'));
  const payload = fc.dictionary(
    fc.constantFrom(
      'orderId',
      'customerId',
      'restaurantId',
      'status',
      'amountCents',
      'at',
      'userId',
    ),
    fc.oneof(fc.uuid(), text, fc.integer(), fc.constantFrom('delivered', 'constructor', null)),
  );
  const events = fc.sample(fc.record({ type: fc.constantFrom(...types), payload }), 150);
  await publish(worker.pool, ...events);
  for (let waiting = events.length; waiting > 0; ) {
    const { rows } = await worker.pool.query<{ count: number }>(
      `SELECT count(*)::integer FROM events.outbox WHERE processed_at IS NULL AND dead_at IS NULL`,
    );
    waiting = rows[0]?.count ?? 0;
  }
  expect(worker.linesOf('worker_loop_failed')).toEqual([]);
}, 60_000);
