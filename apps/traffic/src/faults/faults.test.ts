import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type FakeGalley, startFakeGalley } from '../testing/fake-galley.ts';
import { startTraffic, type TestTraffic } from '../testing/test-traffic.ts';

// Longer than all waits of a test, so that a wait that fails names its condition.
jest.setTimeout(180_000);

let galley: FakeGalley;
let traffic: TestTraffic;

beforeEach(async () => {
  galley = await startFakeGalley();
  const some = { TRAFFIC_CUSTOMERS: '10', TRAFFIC_COURIERS: '4', TRAFFIC_CONNECTIONS: '8' };
  traffic = await startTraffic(galley, { TRAFFIC_RATE: '1', TRAFFIC_WRONG_SHARE: '0', ...some });
});

afterEach(async () => {
  await traffic.stop();
  galley.stop();
});

test('failedLogins guesses the password of one number, ignoring rate limits, until it is cleared', async () => {
  await traffic.setFaults({ failedLogins: { perSecond: 100 } });
  const guesses = () => galley.seen.filter(({ path }) => path.endsWith('/auth/login'));
  await waitUntil(() => guesses().filter(({ status }) => status === 423).length >= 20);
  const phones = new Set(guesses().map(({ body }) => (body as { phone: string }).phone));
  expect([...phones]).toEqual(['+14155559999']);
  // Only these make the api hash a password.
  expect(guesses().filter(({ status }) => status === 401)).toHaveLength(5);
  galley.state.behaviour = 'limits';
  await waitUntil(() => guesses().filter(({ status }) => status === 429).length >= 3);
  await traffic.clearFaults();
  await waitUntil(async () => {
    const { length } = guesses();
    await new Promise((resolve) => setTimeout(resolve, 60));
    return guesses().length === length;
  });
  const series = 'traffic_requests_total{operation="guess_password",outcome="limited"}';
  expect(await traffic.metric(series)).toBeGreaterThanOrEqual(3);
});

test('surge multiplies the rate', async () => {
  await traffic.setFaults({ surge: { factor: 20 } });
  expect(await traffic.metric('traffic_rate_visits_per_second')).toBe(20);
  expect(await traffic.getRate()).toEqual({ ratePerSecond: 1 });
  await waitUntil(async () => (await traffic.metric('traffic_visits_total')) >= 30);
  await traffic.clearFaults();
  expect(await traffic.metric('traffic_rate_visits_per_second')).toBe(1);
});

test('noOrders leaves customers who only look, until it is cleared', async () => {
  const orders = () =>
    galley.seen.filter(({ path, method }) => method === 'POST' && path.endsWith('/orders'));
  await traffic.setFaults({ noOrders: {}, surge: { factor: 60 } });
  const before = orders().length;
  await waitUntil(async () => (await traffic.metric('traffic_visits_total')) >= 300);
  // A visit that began before the fault may still place its order.
  expect(orders().length - before).toBeLessThanOrEqual(1);
  await traffic.clearFaults();
  await traffic.setFaults({ surge: { factor: 60 } });
  await waitUntil(() => orders().length > before + 1);
});

test('disconnects drops most connections at once and keeps them offline until it is cleared', async () => {
  await waitUntil(() => galley.sockets.count() === 8);
  await traffic.setFaults({ disconnects: {} });
  await waitUntil(() => galley.sockets.count() === 2);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(galley.sockets.count()).toBe(2);
  expect(await traffic.metric('traffic_connections')).toBe(2);
  await traffic.clearFaults();
  await waitUntil(() => galley.sockets.count() === 8);
});
