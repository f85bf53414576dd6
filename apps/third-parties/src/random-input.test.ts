import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sendRandomRequests, unknownRoutes } from '@watchkeeper/testing/random-requests';
import fc from 'fast-check';
import { type RunningThirdParties, startThirdParties } from './testing/running-third-parties.ts';

let thirdParties: RunningThirdParties;

beforeAll(async () => {
  thirdParties = await startThirdParties();
});
afterAll(() => thirdParties.stop());

const amountCents = fc.oneof(fc.integer(), fc.double(), fc.string());
const nearlyValid = fc.record(
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

test('never answers 5xx to random requests', async () => {
  await sendRandomRequests(thirdParties, nearlyValid, ['/ai/none', '/sms']);
  expect(unknownRoutes(await thirdParties.renderMetrics(), thirdParties)).toEqual([]);
});
