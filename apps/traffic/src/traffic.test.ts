import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { scenarios } from './catalogue.ts';
import { type FakeGalley, startFakeGalley } from './testing/fake-galley.ts';
import { startTraffic, type TestTraffic } from './testing/test-traffic.ts';

// Longer than all waits of a test, so that a wait that fails names its condition.
jest.setTimeout(180_000);

let galley: FakeGalley;
let traffic: TestTraffic;

beforeEach(async () => {
  galley = await startFakeGalley();
});

afterEach(async () => {
  await traffic.stop();
  galley.stop();
});

const start = async (environment: Record<string, string> = {}) => {
  traffic = await startTraffic(galley, { TRAFFIC_RATE: '100', ...environment });
};

const completed = (scenario: string) =>
  traffic.metric(`traffic_visits_total{scenario="${scenario}",result="completed"}`);
const allSignedIn = () => traffic.accounts.every(({ session }) => session !== undefined);
/** Starts the visits only once everybody has signed in, at a rate for a busy machine. */
const startSignedIn = async (environment: Record<string, string>) => {
  await start({ ...environment, TRAFFIC_RATE: '0.01' });
  await waitUntil(allSignedIn);
  await traffic.putRate('{"ratePerSecond": 20}');
};
const problems = () => [
  ...traffic.linesOf('traffic_answer_unexpected'),
  ...traffic.linesOf('traffic_request_failed'),
  ...traffic.linesOf('traffic_visit_crashed'),
  ...traffic.linesOf('ws_message_failed'),
];

test('people sign up, browse, order and chat, and get the expected responses', async () => {
  // With this seed every scenario is among the first thirty visits.
  const seed = { TRAFFIC_SEED: '961', TRAFFIC_RARE_FACTOR: '20' };
  await startSignedIn({ TRAFFIC_WRONG_SHARE: '0', ...seed });
  const wanted = scenarios.filter((name) => name !== 'mistake' && name !== 'newcomer');
  await waitUntil(async () =>
    (await Promise.all(wanted.map(completed))).every((count) => count > 0),
  );
  const isChatted = ({ type }: { type: string }) => type === 'chat.read';
  await waitUntil(() => galley.sockets.seen.some(isChatted));
  await waitUntil(() => galley.seen.some(({ path }) => path.endsWith('/deliver')));
  const types = new Set(galley.sockets.seen.map(({ type }) => type));
  const all = ['order.subscribe', 'presence.query', 'typing', 'chat.send', 'chat.delivered'];
  expect([...types]).toEqual(expect.arrayContaining(all));
  expect(traffic.linesOf('traffic_people_ready')).toMatchObject([{ accounts: 7 }]);
  expect(await traffic.metric('traffic_message_wait_seconds_count')).toBeGreaterThan(0);
  expect(problems()).toEqual([]);
});

test('people make every kind of mistake and get the expected refusal', async () => {
  // With this seed every mistake is among the first thirty visits.
  await startSignedIn({ TRAFFIC_WRONG_SHARE: '1', TRAFFIC_SEED: '112' });
  await waitUntil(async () => (await completed('mistake')) >= 60);
  const refusals = new Set(galley.seen.flatMap(({ status }) => (status >= 400 ? status : [])));
  expect([...refusals].sort()).toEqual([400, 401, 403, 404, 409, 415, 422]);
  expect(problems()).toEqual([]);
});

test('an order of a mistake is cancelled', async () => {
  await startSignedIn({ TRAFFIC_WRONG_SHARE: '1', TRAFFIC_SEED: '112' });
  const isCancelled = ({ body }: { body: unknown }) =>
    (body as { to?: string } | undefined)?.to === 'cancelled';
  await waitUntil(() => galley.seen.some(isCancelled));
  await traffic.putRate('{"ratePerSecond": 0}');
  await waitUntil(async () => (await traffic.metric('traffic_visits_in_flight')) === 0);
  const { orders } = galley;
  expect(orders.size).toBeGreaterThan(0);
  expect(new Set([...orders.values()].map(({ status }) => status))).toEqual(new Set(['cancelled']));
});

test('hanging services do not slow down arrivals until the limit is reached', async () => {
  galley.state.behaviour = 'hangs';
  const patient = { TRAFFIC_MAX_IN_FLIGHT: '30', TRAFFIC_TIMEOUT_MS: '60000' };
  // Visits that need a signed-in account end at once.
  await start({ TRAFFIC_RATE: '100', TRAFFIC_WRONG_SHARE: '0', ...patient });
  await waitUntil(async () => (await traffic.metric('traffic_visits_in_flight')) === 30);
  await waitUntil(async () => (await traffic.metric('traffic_visits_shed_total')) >= 20);
  expect(await traffic.metric('traffic_visits_in_flight')).toBe(30);
  expect(traffic.linesOf('traffic_visit_shed')).toMatchObject([{ level: 'warn', in_flight: 30 }]);
});

test('a request that times out has failed', async () => {
  galley.state.behaviour = 'hangs';
  await start({ TRAFFIC_TIMEOUT_MS: '20', TRAFFIC_WRONG_SHARE: '0' });
  const failed = 'traffic_requests_total{operation="list_restaurants",outcome="failed"}';
  await waitUntil(async () => (await traffic.metric(failed)) >= 5);
});

test('survives services that are down, throttles its log, and recovers', async () => {
  const { url } = galley;
  galley.stop();
  traffic = await startTraffic({ url }, { TRAFFIC_RATE: '200', TRAFFIC_WRONG_SHARE: '0' });
  const failed = 'traffic_visits_total{scenario="menu",result="failed"}';
  await waitUntil(async () => (await traffic.metric(failed)) >= 50);
  expect(traffic.linesOf('traffic_request_failed')).toMatchObject([
    { level: 'warn', err: { type: 'RequestFailedError' } },
  ]);
  expect(traffic.linesOf('traffic_sign_in_failed')).toHaveLength(1);
});

test.each(['fails', 'sends garbage'] as const)(
  'a service that %s is unexpected',
  async (behaviour) => {
    galley.state.behaviour = behaviour;
    await start({ TRAFFIC_WRONG_SHARE: '0' });
    const series = 'traffic_requests_total{operation="list_restaurants",outcome="unexpected"}';
    await waitUntil(async () => (await traffic.metric(series)) >= 5);
    expect(traffic.linesOf('traffic_answer_unexpected')).toMatchObject([
      { level: 'warn', err: { type: 'UnexpectedAnswerError' } },
    ]);
  },
);

test('recovers when the services do', async () => {
  galley.state.behaviour = 'fails';
  await start({ TRAFFIC_WRONG_SHARE: '0' });
  await waitUntil(() => galley.seen.length >= 10);
  galley.state.behaviour = 'well';
  await waitUntil(async () => (await completed('menu')) >= 10);
});

test('stops within its timeout while a visit hangs', async () => {
  galley.state.behaviour = 'hangs';
  await start();
  await waitUntil(() => galley.seen.length >= 5);
  const startedAt = performance.now();
  expect(await traffic.stop()).toBe(true);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
