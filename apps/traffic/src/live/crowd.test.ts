import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type FakeGalley, startFakeGalley } from '../testing/fake-galley.ts';
import { startTraffic, type TestTraffic } from '../testing/test-traffic.ts';

// Longer than any wait of these tests, so that a wait that is over says what it was for.
jest.setTimeout(60_000);

let galley: FakeGalley;
let traffic: TestTraffic;

beforeEach(async () => {
  galley = await startFakeGalley();
  const some = { TRAFFIC_RATE: '0.1', TRAFFIC_CONNECTIONS: '4', TRAFFIC_WRONG_SHARE: '0' };
  traffic = await startTraffic(galley, some);
});

afterEach(async () => {
  await traffic.stop();
  galley.stop();
});

test('as many as asked are online', async () => {
  await waitUntil(() => galley.sockets.count() === 4);
  await waitUntil(async () => (await traffic.metric('traffic_connections')) === 4);
  expect(await traffic.metric('traffic_connects_total{result="opened"}')).toBe(4);
});

test('comes back when the server says so, as late as it says', async () => {
  await waitUntil(() => galley.sockets.count() === 4);
  galley.sockets.closeAll(1001, JSON.stringify({ reason: 'draining', reconnectAfterMs: 300 }));
  await waitUntil(() => galley.sockets.count() === 0);
  await waitUntil(() => galley.sockets.count() === 4);
  // The server counts a connection a moment before its client does.
  await waitUntil(
    async () => (await traffic.metric('traffic_connects_total{result="opened"}')) >= 8,
  );
  expect(await traffic.metric('traffic_connects_total{result="opened"}')).toBe(8);
});

test('comes back after a token that was not taken', async () => {
  await waitUntil(() => galley.sockets.count() === 4);
  galley.accounts.expireAll();
  galley.sockets.closeAll(4401, '{"reason":"token_over","reconnectAfterMs":0}');
  await waitUntil(
    async () => (await traffic.metric('traffic_connects_total{result="failed"}')) > 0,
  );
  for (const account of traffic.accounts) {
    if (account.session) account.session = { ...account.session, refreshAtMs: 0 };
  }
  await waitUntil(() => galley.sockets.count() === 4);
});

test('leaves in good order', async () => {
  await waitUntil(() => galley.sockets.count() === 4);
  expect(await traffic.stop()).toBe(true);
  await waitUntil(() => galley.sockets.count() === 0);
});
