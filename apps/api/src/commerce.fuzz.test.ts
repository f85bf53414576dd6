import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { orderStatuses } from './orders/state-machine.ts';
import { startCardProcessor, type TestCardProcessor } from './testing/card-processor.ts';
import { type Cast, createCast, firstMenu, type Menu, startCooking } from './testing/cast.ts';
import { expectBalancedLedger } from './testing/ledger.ts';
import { type RunningApi, startApi } from './testing/running-api.ts';

// A hundred and more requests to each endpoint; a failure prints the seed that repeats it.
const runsEach = 120;

let api: RunningApi;
let card: TestCardProcessor;
let cast: Cast;
let menu: Menu;
const known: { id: string; kind: string }[] = [];

beforeAll(async () => {
  card = await startCardProcessor();
  api = await startApi({ environment: { CARD_PROCESSOR_URL: card.url } });
  cast = await createCast(api);
  menu = await firstMenu(api);
  const { orderId, assignmentId } = await startCooking(cast, menu);
  const path = `/orders/${orderId}/payments`;
  const { body: payment } = await cast.asCustomer.post(path, { method: 'card' });
  known.push({ kind: 'orders', id: orderId }, { kind: 'assignments', id: assignmentId });
  known.push({ kind: 'payments', id: payment.id }, { kind: 'restaurants', id: menu.id });
}, 120_000);

afterAll(async () => {
  await expectBalancedLedger(api.pool);
  card.stop();
  await api.stop();
});

const endpoints = [
  ['GET', '/restaurants'],
  ['GET', '/restaurants/:id'],
  ['GET', '/search'],
  ['POST', '/orders'],
  ['GET', '/orders'],
  ['GET', '/orders/:id'],
  ['POST', '/orders/:id/transitions'],
  ['POST', '/orders/:id/payments'],
  ['GET', '/payments/:id'],
  ['POST', '/payments/:id/capture'],
  ['POST', '/payments/:id/refunds'],
  ['GET', '/wallet'],
  ['GET', '/assignments'],
  ['POST', '/assignments/:id/accept'],
  ['POST', '/assignments/:id/pickup'],
  ['POST', '/assignments/:id/deliver'],
] as const;

const names = [
  ...['limit', 'after', 'cuisine', 'q', 'restaurantId', 'status', 'to', 'version', 'method'],
  ...['amountCents', 'reason', 'items', 'deliveryAddress', 'constructor', '__proto__'],
];
const words = [
  'confirmed',
  'cancelled',
  'card',
  'wallet',
  'cash',
  'mine',
  '',
  '0',
  '1e999',
  '\u0000',
];
const numbers = fc.oneof(
  fc.integer(),
  fc.constantFrom(0, -1, 2_147_483_647, 2_147_483_648, Number.MAX_SAFE_INTEGER, 0.5),
);
const strings = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(...words),
  fc.uuid(),
  fc.string({ minLength: 300, maxLength: 400 }),
);
const values: fc.Arbitrary<unknown> = fc.oneof(strings, numbers, fc.jsonValue());
const texts = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
const queries = fc
  .array(fc.tuple(fc.constantFrom(...names), texts), { maxLength: 6 })
  .map((pairs) => new URLSearchParams(pairs).toString());

/** A body that the api takes, or nearly so: what random text alone would never be. */
function nearlyRight() {
  const item = fc.record({
    dishId: fc.oneof(fc.constantFrom(...menu.dishes.map(({ id }) => id)), strings),
    quantity: fc.oneof(fc.integer({ min: -1, max: 30 }), numbers),
  });
  return fc.record(
    {
      restaurantId: fc.oneof(fc.constant(menu.id), strings),
      items: fc.array(item, { maxLength: 3 }),
      deliveryAddress: strings,
      to: fc.constantFrom(...orderStatuses),
      version: fc.oneof(fc.integer({ min: 1, max: 5 }), numbers),
      method: fc.constantFrom('card', 'wallet', 'cash'),
      amountCents: fc.oneof(fc.integer({ min: 1, max: 4_000 }), numbers),
      reason: strings,
    },
    { requiredKeys: [] },
  );
}

function requests(path: string) {
  const kind = path.split('/')[1];
  const own = known.filter((each) => each.kind === kind).map(({ id }) => id);
  const ids = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...(own.length > 0 ? own : [''])) },
    fc.uuid(),
    strings.map((text) => encodeURIComponent(text.toWellFormed())),
    fc.constantFrom('%00', '%E0%A4%A', '..%2F..', '%', 'null'),
  );
  return fc.record({
    id: ids,
    query: queries,
    body: fc.oneof(
      { weight: 3, arbitrary: nearlyRight().map((body) => JSON.stringify(body)) },
      fc.json(),
      fc.string(),
      fc.constantFrom('{"a":', '[]', '"x"', '{"__proto__":{"to":"confirmed"}}', ''),
    ),
    contentType: fc.constantFrom(
      ...['application/json', 'application/json', 'application/json; charset=utf-16'],
      ...['text/plain', 'application/json; charset=nonsense', 'multipart/form-data'],
    ),
    key: fc.oneof(fc.uuid(), fc.constantFrom('short', '', 'a'.repeat(200), 'with space here')),
    user: fc.constantFrom('asCustomer', 'asCourier', 'asRestaurant', 'asAdmin', 'nobody'),
  });
}

type RandomRequest = ReturnType<typeof requests> extends fc.Arbitrary<infer R> ? R : never;

async function send(method: string, template: string, request: RandomRequest): Promise<number> {
  const path = template.replace(':id', request.id);
  const url = `${api.base}/api/v1${path}?${request.query}`;
  const headers = {
    'content-type': request.contentType,
    'idempotency-key': request.key,
    ...cast.headersOf(request.user),
  };
  const response = await fetch(url, {
    method,
    headers,
    ...(method === 'POST' ? { body: request.body } : {}),
  });
  await response.text();
  return response.status;
}

test.each(endpoints)('%s %s answers anything without a failure', async (method, path) => {
  await fc.assert(
    fc.asyncProperty(requests(path), async (request) => {
      expect(await send(method, path, request)).toBeLessThan(500);
    }),
    { numRuns: runsEach },
  );
});

test('no label takes a value from a request', async () => {
  const text = await api.telemetry.renderMetrics();
  const valuesOf = (label: string) =>
    new Set(
      [...text.matchAll(new RegExp(`[{,]${label}="([^"]*)"`, 'g'))].map(([, value]) => value),
    );
  const templates = endpoints.map(([, path]) => `/api/v1${path}`);
  const routes = [...valuesOf('route')];
  expect([...templates, 'unmatched']).toEqual(expect.arrayContaining(routes));
  for (const code of valuesOf('error_code')) expect(code).toMatch(/^([a-z_.]+|[A-Z_]+|\d{3})$/);
  expect(valuesOf('error_code').size).toBeLessThan(30);
  expect(text).not.toMatch(/telemetry_label_overflows_total\{/);
});
