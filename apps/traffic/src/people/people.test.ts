import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type FakeGalley, startFakeGalley } from '../testing/fake-galley.ts';
import { startTraffic, type TestTraffic } from '../testing/test-traffic.ts';
import { guessedPhone, newcomerOf, personOf, type Role, strangersPhone } from './person.ts';

// Longer than any wait of these tests, so that a wait that is over says what it was for.
jest.setTimeout(60_000);

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
const asked = (path: string) => galley.seen.filter((request) => request.path.endsWith(path));

test('everybody signs up once, in an order in which the first can already deliver', async () => {
  const traffic = await start();
  await waitUntil(() => isReady(traffic));
  expect(asked('/register')).toHaveLength(7);
  expect(asked('/login')).toHaveLength(0);
  const roles = asked('/register').map(({ body }) => (body as { role: Role }).role);
  expect(new Set(roles.slice(0, 4))).toEqual(new Set(['customer', 'courier', 'restaurant']));
  expect(await traffic.metric('traffic_accounts{role="customer",state="signed_in"}')).toBe(4);
  expect(await traffic.metric('traffic_accounts{role="customer",state="signed_out"}')).toBe(0);
});

test('a second process of the same seed logs in where the first signed up', async () => {
  const first = await start();
  await waitUntil(() => isReady(first));
  const second = await start();
  await waitUntil(() => isReady(second));
  expect(
    asked('/register')
      .map(({ status }) => status)
      .slice(7),
  ).toEqual(Array(7).fill(409));
  expect(asked('/login').map(({ status }) => status)).toEqual(Array(7).fill(200));
  expect(second.linesOf('traffic_sign_in_failed')).toEqual([]);
});

test('whoever left before the code came asks for another', async () => {
  const person = personOf(1, 'customer', 0);
  const register = () =>
    fetch(`${galley.url}/api/v1/auth/register`, {
      method: 'POST',
      body: JSON.stringify(person),
      headers: { 'content-type': 'application/json' },
    });
  expect((await register()).status).toBe(201);
  const traffic = await start();
  await waitUntil(() => isReady(traffic));
  expect(asked('/otp')).toHaveLength(1);
});

test('refreshes instead of logging in again', async () => {
  const traffic = await start();
  await waitUntil(() => isReady(traffic));
  for (const account of traffic.accounts) {
    if (account.session) account.session = { ...account.session, refreshAtMs: 0 };
  }
  await waitUntil(() => asked('/refresh').length === 7);
  expect(asked('/login')).toHaveLength(0);
});

test('gets itself new tokens when all are refused', async () => {
  const traffic = await start({ TRAFFIC_RATE: '50' });
  await waitUntil(() => isReady(traffic));
  galley.accounts.expireAll();
  await waitUntil(() => asked('/refresh').some(({ status }) => status === 200));
});

test('signs up again where nobody knows the number any more', async () => {
  const traffic = await start();
  await waitUntil(() => isReady(traffic));
  galley.accounts.users.clear();
  for (const account of traffic.accounts) {
    if (account.session) {
      account.session = { ...account.session, refreshToken: 'gone', refreshAtMs: 0 };
    }
  }
  await waitUntil(() => asked('/verify').length === 14);
  expect(asked('/register')).toHaveLength(14);
});

test('numbers are of nobody, differ, and are the same for the same seed', () => {
  const people = [0, 1, 39].flatMap((index) => [
    personOf(1, 'customer', index).phone,
    personOf(1, 'courier', index).phone,
    personOf(1, 'restaurant', index).phone,
    newcomerOf(1, index).phone,
    strangersPhone(1, index),
  ]);
  const all = [...people, guessedPhone(1)];
  expect(new Set(all).size).toBe(16);
  for (const phone of all) expect(phone).toMatch(/^\+1415555\d{4}$/);
  expect(personOf(1, 'customer', 3)).toEqual(personOf(1, 'customer', 3));
  expect(personOf(2, 'customer', 3).phone).not.toBe(personOf(1, 'customer', 3).phone);
  // Two seeds with one area code share their people, who then can log in.
  expect(personOf(21, 'customer', 3)).toEqual(personOf(1, 'customer', 3));
});
