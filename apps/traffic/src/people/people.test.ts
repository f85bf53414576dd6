import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type FakeGalley, startFakeGalley } from '../testing/fake-galley.ts';
import { startTraffic, type TestTraffic } from '../testing/test-traffic.ts';
import { guessedPhone, oneTimeCustomer, personOf, strangersPhone } from './person.ts';

// Longer than all waits of a test, so that a wait that fails names its condition.
jest.setTimeout(180_000);

let galley: FakeGalley;
const started: TestTraffic[] = [];

beforeEach(async () => {
  galley = await startFakeGalley();
});

afterEach(async () => {
  for (const traffic of started.splice(0)) await traffic.stop();
  galley.stop();
});

async function start(environment: Record<string, string> = {}): Promise<TestTraffic> {
  const quiet = { TRAFFIC_RATE: '0.01', TRAFFIC_CONNECTIONS: '0', TRAFFIC_WRONG_SHARE: '0' };
  const traffic = await startTraffic(galley, { ...quiet, ...environment });
  started.push(traffic);
  return traffic;
}

const isReady = ({ accounts }: TestTraffic) =>
  accounts.every(({ session }) => session !== undefined);
const requestsTo = (path: string) => galley.seen.filter((request) => request.path.endsWith(path));

test('everybody signs up once; the first few can already deliver an order', async () => {
  const traffic = await start();
  await waitUntil(() => isReady(traffic));
  expect(requestsTo('/register')).toHaveLength(7);
  expect(requestsTo('/login')).toHaveLength(0);
  const roles = [...galley.accounts.users.values()].map(({ role }) => role);
  expect(new Set(roles.slice(0, 4))).toEqual(new Set(['customer', 'courier', 'restaurant']));
  expect(await traffic.metric('traffic_accounts{role="customer",state="signed_in"}')).toBe(4);
  expect(await traffic.metric('traffic_accounts{role="customer",state="signed_out"}')).toBe(0);
});

test('a second process with the same seed logs in to the existing accounts', async () => {
  const first = await start();
  await waitUntil(() => isReady(first));
  const second = await start();
  await waitUntil(() => isReady(second));
  expect(requestsTo('/register')).toHaveLength(14);
  expect(requestsTo('/verify')).toHaveLength(7);
  expect(requestsTo('/login').map(({ status }) => status)).toEqual(Array(7).fill(200));
  expect(second.linesOf('traffic_sign_in_failed')).toEqual([]);
});

test('logs in without another text message if the number has had too many', async () => {
  const first = await start();
  await waitUntil(() => isReady(first));
  galley.accounts.limitTexts();
  const second = await start();
  await waitUntil(() => isReady(second));
  expect(requestsTo('/register').map(({ status }) => status)).toContain(429);
  expect(requestsTo('/login').map(({ status }) => status)).toEqual(Array(7).fill(200));
});

test('refreshes instead of logging in again', async () => {
  const traffic = await start();
  await waitUntil(() => isReady(traffic));
  for (const account of traffic.accounts) {
    if (account.session) account.session = { ...account.session, refreshAtMs: 0 };
  }
  await waitUntil(() => requestsTo('/refresh').length === 7);
  expect(requestsTo('/login')).toHaveLength(0);
});

test('refreshes the tokens when all of them are refused', async () => {
  const traffic = await start();
  await waitUntil('everybody to sign up', () => isReady(traffic));
  galley.accounts.expireAll();
  // Only now, because visits compete with the sign-ups for the machine.
  await traffic.putRate('{"ratePerSecond": 20}');
  await waitUntil('a refused token', () => galley.seen.some(({ status }) => status === 401));
  await waitUntil('a refresh', () => requestsTo('/refresh').some(({ status }) => status === 200));
});

test('signs up again if the account no longer exists', async () => {
  const traffic = await start();
  await waitUntil(() => isReady(traffic));
  galley.accounts.users.clear();
  for (const account of traffic.accounts) {
    if (account.session) {
      account.session = { ...account.session, refreshToken: 'gone', refreshAtMs: 0 };
    }
  }
  await waitUntil(() => requestsTo('/verify').length === 14);
  expect(requestsTo('/register')).toHaveLength(14);
});

test('phone numbers are unassigned, unique, and the same for the same seed', () => {
  const people = [0, 1, 39].flatMap((index) => [
    personOf(1, 'customer', index).phone,
    personOf(1, 'courier', index).phone,
    personOf(1, 'restaurant', index).phone,
    oneTimeCustomer(1, index).phone,
    strangersPhone(1, index),
  ]);
  const all = [...people, guessedPhone(1)];
  expect(new Set(all).size).toBe(16);
  for (const phone of all) expect(phone).toMatch(/^\+1415555\d{4}$/);
  expect(personOf(1, 'customer', 3)).toEqual(personOf(1, 'customer', 3));
  expect(personOf(2, 'customer', 3).phone).not.toBe(personOf(1, 'customer', 3).phone);
  // Two seeds with the same area code share their accounts, and both can log in.
  expect(personOf(21, 'customer', 3)).toEqual(personOf(1, 'customer', 3));
});
