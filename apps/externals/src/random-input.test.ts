import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startStandIns, type TestStandIns } from './testing/test-stand-ins.ts';

let externals: TestStandIns;

beforeAll(async () => {
  externals = await startStandIns();
});
afterAll(() => externals.stop());

const noise = fc.oneof(fc.json(), fc.string({ unit: 'binary', maxLength: 200 }));
// Nearly right, which gets further than noise.
const amountCents = fc.oneof(fc.integer(), fc.double(), fc.string());
const nearly = fc.record(
  {
    to: fc.oneof(fc.string(), fc.constant('+31612345678')),
    text: fc.string(),
    paymentId: fc.oneof(fc.uuid(), fc.string()),
    chargeId: fc.oneof(fc.string(), fc.constant(`ch_${'0'.repeat(32)}_900`)),
    amountCents,
    currency: fc.constantFrom('EUR', 'eur', ''),
    model: fc.string(),
    messages: fc.array(
      fc.record({ role: fc.constantFrom('user', 'other'), content: fc.anything() }),
    ),
    max_tokens: amountCents,
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  noise,
  nearly.map((value) => JSON.stringify(value) ?? ''),
);
const value = fc.oneof(
  fc.stringMatching(/^[ -~]{0,30}$/).map((text) => encodeURIComponent(text)),
  fc.constantFrom('a', '%00', '%E0%A4', '..%2F..', '1'),
);
// The streams of open pages never end, and say nothing to what is sent.
const endless = ['/events'];

/** Any endpoint that there is, with anything in the place of its parameters. */
function endpoints(method: string) {
  const routes = externals.routes.filter((each) => each.method === method);
  const paths = routes.map(({ path }) => path).filter((path) => !endless.includes(path));
  return fc
    .tuple(fc.constantFrom(...paths, '/ai/none', '/sms'), value)
    .map(([path, value]) => path.replace(/\{[^}]*\}|[:*]\w+/g, () => value));
}

const header = fc.oneof(
  fc.constantFrom('application/json', 'text/plain', 'application/json; charset=none'),
  fc.stringMatching(/^[ -~]{0,30}$/),
);

async function statusOf(path: string, init?: RequestInit): Promise<number> {
  const answer = await fetch(`${externals.origin}${path}`, init);
  await answer.arrayBuffer();
  return answer.status;
}

test('never answers 5xx to whatever comes in at any endpoint', async () => {
  const property = fc.asyncProperty(endpoints('POST'), body, header, async (path, body, type) => {
    const headers = { 'content-type': type, 'idempotency-key': type };
    const status = await statusOf(path, { method: 'POST', headers, body });
    expect(status < 500 ? 'answered' : `${path}: ${status}`).toBe('answered');
  });
  await fc.assert(property, { numRuns: 600 });
  const query = fc.webQueryParameters();
  const reading = fc.asyncProperty(endpoints('GET'), query, async (path, query) => {
    const status = await statusOf(`${path}?${query}`);
    expect(status < 500 ? 'answered' : `${path}: ${status}`).toBe('answered');
  });
  await fc.assert(reading, { numRuns: 600 });
  const metrics = await externals.renderMetrics();
  const known = new Set([...externals.routes.map(({ path }) => path), 'unmatched']);
  const seen = [...metrics.matchAll(/route="([^"]*)"/g)].map(([, route]) => String(route));
  expect(seen.filter((route) => !known.has(route))).toEqual([]);
});
