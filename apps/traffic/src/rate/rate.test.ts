import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startFakeApi } from '../testing/fake-api.ts';
import { startTraffic, type TestTraffic, waitUntil } from '../testing/test-traffic.ts';
import { startSchedule } from './schedule.ts';

let api: Awaited<ReturnType<typeof startFakeApi>>;
let traffic: TestTraffic;

beforeEach(async () => {
  api = await startFakeApi();
  traffic = await startTraffic({ TARGET_URL: api.url, TRAFFIC_RATE: '0' });
});

afterEach(async () => {
  await traffic.stop();
  api.stop();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a rate of 0 sends nobody, until another one is set', async () => {
  await pause(100);
  expect(api.seen).toEqual([]);
  const response = await traffic.putRate('{"ratePerSecond": 100}');
  expect([response.status, await response.json()]).toEqual([200, { ratePerSecond: 100 }]);
  await waitUntil(() => api.seen.length >= 20);
  expect(await traffic.getRate()).toEqual({ ratePerSecond: 100 });
  expect(await traffic.metric('traffic_rate_visits_per_second')).toBe(100);
  expect(traffic.linesOf('traffic_rate_changed')).toMatchObject([
    { rate_per_second: 100, previous_rate_per_second: 0 },
  ]);
  await traffic.putRate('{"ratePerSecond": 0}');
  await waitUntil(async () => (await traffic.metric('traffic_visits_in_flight')) === 0);
  const { length } = api.seen;
  await pause(100);
  expect(api.seen).toHaveLength(length);
});

const shape = 'Expected an object such as `{"ratePerSecond": 2}`.';
const bounds = 'Expected a number from 0 to 1000.';

test.each([
  ['', 'body', shape],
  ['5', 'body', shape],
  ['{', 'body', shape],
  ['{}', 'body.ratePerSecond', bounds],
  ['{"ratePerSecond":"5"}', 'body.ratePerSecond', bounds],
  ['{"ratePerSecond":-1}', 'body.ratePerSecond', bounds],
  ['{"ratePerSecond":1000.5}', 'body.ratePerSecond', bounds],
  ['{"ratePerSecond":null}', 'body.ratePerSecond', bounds],
])('refuses %s as a rate and names the field', async (body, field, message) => {
  const response = await traffic.putRate(body);
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { statusCode: 400, message, path: '/rate', validationErrors: [{ field, message }] },
  ]);
  expect(await traffic.getRate()).toEqual({ ratePerSecond: 0 });
});

test('keeps its rate on average, and leaves out what a sleeping machine missed', async () => {
  let skipped = 0;
  let arrived = 0;
  let shiftMs = 0;
  const schedule = startSchedule({
    ratePerSecond: 100,
    arrive: () => {
      arrived += 1;
    },
    skip: (count) => {
      skipped += count;
    },
    now: () => performance.now() + shiftMs,
  });
  await pause(500);
  expect(arrived).toBeGreaterThan(40);
  expect(arrived).toBeLessThan(60);
  shiftMs = 3_600_000;
  await pause(50);
  schedule.stop();
  expect(skipped).toBeGreaterThan(358_000);
  // A second's worth is made up for, an hour's is not.
  expect(arrived).toBeLessThan(200);
});
