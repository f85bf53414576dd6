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
  const some = { TRAFFIC_RATE: '0.1', TRAFFIC_CONNECTIONS: '4', TRAFFIC_WRONG_SHARE: '0' };
  traffic = await startTraffic(galley, some);
});

afterEach(async () => {
  await traffic.stop();
  galley.stop();
});

test('keeps the configured number of people online', async () => {
  await waitUntil(() => galley.sockets.count() === 4);
  await waitUntil(async () => (await traffic.metric('traffic_connections')) === 4);
  expect(await traffic.metric('traffic_connects_total{result="opened"}')).toBe(4);
});

test('reconnects after the delay in the close frame', async () => {
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

test('reconnects after a refused token', async () => {
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

test('closes all connections on shutdown', async () => {
  await waitUntil(() => galley.sockets.count() === 4);
  expect(await traffic.stop()).toBe(true);
  await waitUntil(() => galley.sockets.count() === 0);
});
