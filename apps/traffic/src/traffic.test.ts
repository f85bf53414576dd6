import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startFakeApi } from './testing/fake-api.ts';
import { startTraffic, type TestTraffic, waitUntil } from './testing/test-traffic.ts';

let api: Awaited<ReturnType<typeof startFakeApi>>;
let traffic: TestTraffic;

beforeEach(async () => {
  api = await startFakeApi();
});

afterEach(async () => {
  await traffic.stop();
  api.stop();
});

const start = async (environment: Record<string, string> = {}) => {
  traffic = await startTraffic({ TARGET_URL: api.url, TRAFFIC_RATE: '200', ...environment });
};

const visitsEnded = async () => {
  const series = ['menu', 'order', 'delivery', 'mistake'].map((scenario) =>
    traffic.metric(`traffic_visits_total{scenario="${scenario}",result="completed"}`),
  );
  return (await Promise.all(series)).reduce((sum, value) => sum + value, 0);
};

test('customers browse, order and follow their orders, and get what they expect', async () => {
  await start({ TRAFFIC_WRONG_SHARE: '0' });
  await waitUntil(async () => (await visitsEnded()) >= 60);
  await traffic.stop();
  const statuses = new Set(api.seen.map(({ status }) => status));
  expect([...statuses].sort()).toEqual([200, 201]);
  const targets = api.seen.map(({ body }) => (body as { to?: string } | undefined)?.to);
  expect(targets).toEqual(expect.arrayContaining(['confirmed', 'preparing', 'delivered']));
  expect(traffic.linesOf('traffic_answer_unexpected')).toEqual([]);
});

test('customers make every kind of mistake, and each is refused as expected', async () => {
  await start({ TRAFFIC_WRONG_SHARE: '1' });
  await waitUntil(async () => (await visitsEnded()) >= 100);
  await traffic.stop();
  const refusals = new Set(api.seen.map(({ status }) => status).filter((status) => status >= 400));
  expect([...refusals].sort()).toEqual([400, 404, 409, 422]);
  expect(traffic.linesOf('traffic_answer_unexpected')).toEqual([]);
});

test('about the asked share of visits is wrong', async () => {
  await start({ TRAFFIC_WRONG_SHARE: '0.25', TRAFFIC_RATE: '500' });
  await waitUntil(async () => (await visitsEnded()) >= 400);
  const wrong = await traffic.metric('traffic_visits_total{scenario="mistake",result="completed"}');
  const share = wrong / (await visitsEnded());
  expect(share).toBeGreaterThan(0.17);
  expect(share).toBeLessThan(0.33);
});

test('an api that hangs slows nobody down until there is no more room', async () => {
  api.state.behaviour = 'hangs';
  await start({ TRAFFIC_RATE: '100', TRAFFIC_MAX_IN_FLIGHT: '30', TRAFFIC_TIMEOUT_MS: '60000' });
  const startedAt = performance.now();
  await waitUntil(() => api.seen.length === 30);
  // Thirty arrivals at a hundred a second, though none was answered.
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  await waitUntil(async () => (await traffic.metric('traffic_visits_shed_total')) >= 20);
  expect(await traffic.metric('traffic_visits_in_flight')).toBe(30);
  expect(api.seen).toHaveLength(30);
  expect(traffic.linesOf('traffic_visit_shed')).toMatchObject([{ level: 'warn', in_flight: 30 }]);
});

test('a request that takes too long has failed', async () => {
  api.state.behaviour = 'hangs';
  await start({ TRAFFIC_TIMEOUT_MS: '20', TRAFFIC_WRONG_SHARE: '0' });
  const failed = 'traffic_requests_total{operation="list_restaurants",outcome="failed"}';
  await waitUntil(async () => (await traffic.metric(failed)) >= 5);
});

test('an api that is down ends no process and fills no log, and is visited again', async () => {
  const { url } = api;
  api.stop();
  await start({ TARGET_URL: url, TRAFFIC_WRONG_SHARE: '0' });
  const failed = 'traffic_visits_total{scenario="menu",result="failed"}';
  await waitUntil(async () => (await traffic.metric(failed)) >= 50);
  expect(traffic.linesOf('traffic_request_failed')).toMatchObject([
    {
      level: 'warn',
      operation: 'list_restaurants',
      err: { message: 'Expected an answer to `list_restaurants`, got none.' },
    },
  ]);
});

test.each([
  ['fails', 'Expected `list_restaurants` to answer 200, got 503.'],
  [
    'babbles',
    'Expected `list_restaurants` to answer its documented body, got a body wrong in `items`.',
  ],
] as const)('an api that %s is unexpected', async (behaviour, message) => {
  api.state.behaviour = behaviour;
  await start({ TRAFFIC_WRONG_SHARE: '0' });
  const series = 'traffic_requests_total{operation="list_restaurants",outcome="unexpected"}';
  await waitUntil(async () => (await traffic.metric(series)) >= 5);
  expect(traffic.linesOf('traffic_answer_unexpected')).toMatchObject([{ err: { message } }]);
});

test('recovers with the api', async () => {
  api.state.behaviour = 'fails';
  await start({ TRAFFIC_WRONG_SHARE: '0' });
  await waitUntil(() => api.seen.length >= 10);
  api.state.behaviour = 'well';
  await waitUntil(async () => (await visitsEnded()) >= 10);
});

test('stops within its patience although a visit hangs', async () => {
  api.state.behaviour = 'hangs';
  await start();
  await waitUntil(() => api.seen.length >= 5);
  const startedAt = performance.now();
  expect(await traffic.stop()).toBe(true);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
