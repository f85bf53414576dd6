import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Role, roles } from '@watchkeeper/galley';
import type { RouteOfApp } from '@watchkeeper/galley/testing';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import fc from 'fast-check';
import { startAiProvider, type TestAiProvider } from './testing/ai-provider.ts';
import { startCardProcessor, type TestCardProcessor } from './testing/card-processor.ts';
import { hostilePart, hostileText, hostileValue } from './testing/hostile.ts';
import { expectBalancedLedger } from './testing/ledger.ts';
import { type RunningApi, startApi } from './testing/running-api.ts';
import { startSmsProvider, type TestSmsProvider } from './testing/sms-provider.ts';

// Other tests know an endpoint's fields and send nearly valid input. This one knows none, so that
// it covers new endpoints too.
const runsEach = 30;

const folder = makeTemporaryFolder('every-route');
let api: RunningApi;
let ai: TestAiProvider;
let card: TestCardProcessor;
let sms: TestSmsProvider;

beforeAll(async () => {
  [ai, card, sms] = await Promise.all([
    startAiProvider(),
    startCardProcessor(),
    startSmsProvider(),
  ]);
  api = await startApi({
    environment: {
      OBJECT_STORE_FOLDER: folder,
      AI_BASE_URL: ai.url,
      CARD_PROCESSOR_URL: card.url,
      SMS_URL: sms.url,
      // A message that is late would be a failure of ours.
      SMS_TIMEOUT_MS: '60000',
    },
  });
}, 120_000);

afterAll(async () => {
  await api.stop();
  for (const other of [ai, card, sms]) other.stop();
  removeTemporaryFolders();
});

const text = hostileText.map((each) => each.toWellFormed());
const latin = fc.string({ unit: 'grapheme-ascii', maxLength: 60 }).map((each) => each.trim());
const input = fc.record({
  role: fc.constantFrom<Role | 'nobody'>(...roles, 'nobody'),
  part: hostilePart,
  query: fc.dictionary(
    fc.constantFrom('limit', 'after', 'status', 'q', 'orderId', '__proto__', 'limit[]'),
    text,
    { maxKeys: 3 },
  ),
  headers: fc.dictionary(
    fc.constantFrom(
      ...['idempotency-key', 'x-request-id', 'x-correlation-id', 'traceparent', 'x-file-name'],
      ...['if-none-match', 'range', 'accept', 'x-forwarded-for'],
    ),
    latin,
    { maxKeys: 4 },
  ),
  type: fc.constantFrom(
    ...['application/json', 'application/json; charset=utf-16', 'text/plain', 'image/png', ''],
  ),
  body: fc.oneof(
    hostileValue.map((value) => JSON.stringify(value)),
    text,
    fc.constantFrom('{', '[]', '{"__proto__":{}}'),
  ),
});
type Input = typeof input extends fc.Arbitrary<infer Each> ? Each : never;
type Headers = Partial<Record<Role | 'nobody', Record<string, string>>>;

async function ask({ method, path }: RouteOfApp, given: Input, known: Headers): Promise<number> {
  const filled = path.replace(/:\w+/g, () => given.part);
  const url = `${api.base}${filled}?${new URLSearchParams(given.query)}`;
  const response = await fetch(url, {
    method,
    headers: { ...given.headers, 'content-type': given.type, ...known[given.role] },
    ...(method === 'GET' ? {} : { body: given.body }),
  });
  await response.arrayBuffer();
  return response.status;
}

test('no endpoint answers 5xx to any input of any role', async () => {
  expect(api.routes.length).toBeGreaterThan(30);
  for (const route of api.routes) {
    // New sessions for each route, because one of them ends sessions.
    const known: Headers = {};
    for (const role of roles) known[role] = (await api.signIn(role)).headers;
    await fc.assert(
      fc.asyncProperty(input, async (given) => {
        const status = await ask(route, given, known);
        // The route, so that a failure says which.
        expect(status < 500 ? 'answered' : { ...route, status }).toBe('answered');
      }),
      { numRuns: runsEach },
    );
  }
}, 120_000);

test('no label takes a value from a request, and no error is counted', async () => {
  const metrics = await api.telemetry.renderMetrics();
  const seen = new Set([...metrics.matchAll(/route="([^"]*)"/g)].map(([, route]) => route));
  expect(api.routes.filter(({ path }) => !seen.has(path))).toEqual([]);
  const known = new Set([...api.routes.map(({ path }) => path), 'unmatched']);
  expect([...seen].filter((route) => !known.has(String(route)))).toEqual([]);
  expect(metrics).not.toContain('telemetry_label_overflows_total{');
  expect(api.lines.filter(({ level }) => level === 'error')).toEqual([]);
  await expectBalancedLedger(api.pool);
});
