import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type FakeGalley, startFakeGalley } from '../testing/fake-galley.ts';
import { startTraffic, type TestTraffic } from '../testing/test-traffic.ts';
import { startSchedule } from './schedule.ts';

// Longer than all waits of a test, so that a wait that fails names its condition.
jest.setTimeout(180_000);

let galley: FakeGalley;
let traffic: TestTraffic;

beforeEach(async () => {
  galley = await startFakeGalley();
  traffic = await startTraffic(galley, { TRAFFIC_RATE: '0' });
});

afterEach(async () => {
  await traffic.stop();
  galley.stop();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a rate of 0 starts no visit, sign-up or connection until another rate is set', async () => {
  await pause(150);
  expect(galley.seen).toEqual([]);
  // No more than a busy machine can keep up with.
  const response = await traffic.putRate('{"ratePerSecond": 10}');
  expect([response.status, await response.json()]).toEqual([200, { ratePerSecond: 10 }]);
  await waitUntil('twenty requests', () => galley.seen.length >= 20);
  await waitUntil('a WebSocket', () => galley.sockets.count() > 0);
  expect(await traffic.getRate()).toEqual({ ratePerSecond: 10 });
  expect(await traffic.metric('traffic_rate_visits_per_second')).toBe(10);
  expect(traffic.linesOf('traffic_rate_changed')).toMatchObject([
    { rate_per_second: 10, previous_rate_per_second: 0 },
  ]);
  await traffic.putRate('{"ratePerSecond": 0}');
  const inFlight = () => traffic.metric('traffic_visits_in_flight');
  await waitUntil('the end of all visits', async () => (await inFlight()) === 0);
  await waitUntil('closed WebSockets', () => galley.sockets.count() === 0);
  // A sign-up in progress completes.
  await waitUntil('the end of the last sign-up', async () => {
    const before = galley.seen.length;
    await pause(500);
    return galley.accounts.registrations.size === 0 && galley.seen.length === before;
  });
  const { length } = galley.seen;
  await pause(150);
  expect(galley.seen).toHaveLength(length);
});

const shape = 'Expected an object such as `{"ratePerSecond": 2}`.';
const bounds = 'Expected a number from 0 to 1000.';

test.each([
  ['', 'body', shape],
  ['5', 'body', shape],
  ['{', 'body', shape],
  [`{"ratePerSecond":2,"and":"${'x'.repeat(100_000)}"}`, 'body', shape],
  ['{}', 'body.ratePerSecond', bounds],
  ['{"ratePerSecond":"5"}', 'body.ratePerSecond', bounds],
  ['{"ratePerSecond":-1}', 'body.ratePerSecond', bounds],
  ['{"ratePerSecond":1000.5}', 'body.ratePerSecond', bounds],
  ['{"ratePerSecond":null}', 'body.ratePerSecond', bounds],
])('refuses %.40s as a rate and names the field', async (body, field, message) => {
  const response = await traffic.putRate(body);
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { statusCode: 400, message, path: '/rate', validationErrors: [{ field, message }] },
  ]);
  expect(await traffic.getRate()).toEqual({ ratePerSecond: 0 });
});

test('keeps its mean rate, and skips the visits that a suspended machine missed', async () => {
  let skipped = 0;
  let arrived = 0;
  let shiftMs = 0;
  let factor = 1;
  const schedule = startSchedule({
    ratePerSecond: 50,
    factor: () => factor,
    arrive: () => {
      arrived += 1;
    },
    skip: (count) => {
      skipped += count;
    },
    now: () => performance.now() + shiftMs,
  });
  const startedAt = performance.now();
  factor = 2;
  expect(schedule.currentRate()).toBe(100);
  await pause(500);
  // On a busy machine the pause is longer, and the schedule skips some visits.
  const due = (performance.now() - startedAt) / 10;
  expect(Math.abs(arrived + skipped - due)).toBeLessThan(10);
  const before = arrived;
  const shiftedAt = performance.now();
  shiftMs = 3_600_000;
  await pause(50);
  schedule.stop();
  expect(schedule.currentRate()).toBe(0);
  expect(skipped).toBeGreaterThan(358_000);
  // A second of visits is made up for, an hour is not.
  const since = (performance.now() - shiftedAt) / 10;
  expect(arrived - before).toBeLessThan(150 + since);
});
