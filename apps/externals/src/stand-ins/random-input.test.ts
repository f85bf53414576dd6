import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startStandIns, type TestStandIns } from '../testing/test-stand-ins.ts';

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
const path = fc.constantFrom(
  ...['/sms/messages', '/card/charges', '/card/refunds', '/ai/v1/chat/completions'],
  ...['/hooks/a', '/hooks/%00', '/ai/none', '/sms'],
);
const header = fc.oneof(
  fc.constantFrom('application/json', 'text/plain', 'application/json; charset=none'),
  fc.stringMatching(/^[ -~]{0,30}$/),
);

test('never answers 5xx to whatever comes in', async () => {
  const property = fc.asyncProperty(path, body, header, async (path, body, type) => {
    const headers = { 'content-type': type, 'idempotency-key': type };
    const { status } = await externals.send(path, body, headers);
    expect(status).toBeLessThan(500);
  });
  await fc.assert(property, { numRuns: 400 });
  const query = fc.webQueryParameters();
  const reading = fc.asyncProperty(path, query, async (path, query) => {
    const { status } = await externals.get(`${path}?${query}`);
    expect(status).toBeLessThan(500);
  });
  await fc.assert(reading, { numRuns: 100 });
  const metrics = await externals.renderMetrics();
  const routes = new Set([...metrics.matchAll(/route="([^"]*)"/g)].map(([, route]) => route));
  expect(routes.size).toBeLessThan(12);
});
