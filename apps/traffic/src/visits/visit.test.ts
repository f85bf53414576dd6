import { expect, jest, test } from '@jest/globals';
import { createRandom } from '../random.ts';
import { startFakeGalley } from '../testing/fake-galley.ts';
import { startTraffic, waitUntil } from '../testing/test-traffic.ts';
import { chooseScenario } from './scenarios.ts';

jest.setTimeout(60_000);

/** What each of the first visits of a seed asks for, as long as nobody has signed in. */
async function visitsOf(seed: number): Promise<string[]> {
  const galley = await startFakeGalley();
  const traffic = await startTraffic(galley, {
    ...{ TRAFFIC_SEED: String(seed), TRAFFIC_RATE: '20', TRAFFIC_WRONG_SHARE: '0' },
    TRAFFIC_SIGN_UPS_PER_SECOND: '0.01',
  });
  await waitUntil(() => galley.seen.length >= 60);
  await traffic.stop();
  galley.stop();
  const byVisit = Map.groupBy(galley.seen, ({ visit }) => visit);
  return [...byVisit.values()].slice(0, 20).map((requests) => {
    return requests.map(({ method, path }) => `${method} ${path}`).join(', ');
  });
}

test('the same seed makes the same choices, another seed makes others', async () => {
  const [first, again, other] = await Promise.all([visitsOf(7), visitsOf(7), visitsOf(8)]);
  expect(first).toHaveLength(20);
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});

test('most come to look, and some for everything else', () => {
  const counts = new Map<string, number>();
  const visits = 20_000;
  for (let index = 0; index < visits; index += 1) {
    const scenario = chooseScenario(createRandom(1, index), 0.05);
    counts.set(scenario, (counts.get(scenario) ?? 0) + 1);
  }
  const share = (scenario: string) => (counts.get(scenario) ?? 0) / visits;
  expect(share('menu')).toBeGreaterThan(0.7);
  expect(share('mistake')).toBeCloseTo(0.05, 1);
  // At twenty visits a second: 2,000 orders an hour.
  expect(share('order') * 20 * 3_600).toBeGreaterThan(1_700);
  expect(share('order') * 20 * 3_600).toBeLessThan(2_300);
  // Of each at least one a minute.
  for (const scenario of ['search', 'account', 'newcomer', 'sign_in', 'attachment'] as const) {
    expect(share(scenario) * 20 * 60).toBeGreaterThan(1);
  }
});
