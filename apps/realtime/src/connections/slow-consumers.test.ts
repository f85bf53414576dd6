import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type RunningRealtime, startRealtime } from '../testing/running-realtime.ts';

const limit = 16;
let realtime: RunningRealtime;

beforeAll(async () => {
  realtime = await startRealtime({
    outboundQueueLimit: limit,
    heartbeatIntervalMs: 400,
    // Longer than a busy machine may keep a client from reading.
    stallTimeoutMs: 3_000,
  });
}, 60_000);

afterEach(() => realtime.faults.clear());
afterAll(() => realtime.stop());

const depth = () => realtime.metric('channel_queue_depth{type="outbound"}');
const drops = (reason: string) =>
  realtime.metric(`channel_dropped_messages_total{type="outbound",reason="${reason}"}`);

async function put(faults: object): Promise<void> {
  const body = JSON.stringify(faults);
  const response = await fetch(`${realtime.management}/faults`, { method: 'PUT', body });
  expect(response.status).toBe(200);
}

test('exports the limit and the drops before the first client connects', async () => {
  expect(await realtime.metric('channel_queue_limit{type="outbound"}')).toBe(limit);
  expect(await realtime.telemetry.renderMetrics()).toContain(
    'channel_dropped_messages_total{type="outbound",reason="queue_full"} 0',
  );
});

test('fills the queue of a slow client, drops ephemeral messages, and recovers', async () => {
  const client = await realtime.connect();
  const before = await drops('queue_full');
  await put({ slowConsumers: { delayMs: 60_000 } });
  client.send('heartbeat');
  await waitUntil(async () => (await depth()) === limit);
  expect(await drops('queue_full')).toBeGreaterThan(before);
  await waitUntil(async () => (await realtime.metric('galley_slow_consumers')) === 1);
  expect(client.socket.readyState).toBe(client.socket.OPEN);
  await client.close();
  await waitUntil(async () => (await depth()) === 0);
});

test('slows down only the share of the clients in the fault', async () => {
  const client = await realtime.connect();
  await put({ slowConsumers: { delayMs: 60_000, share: 0 } });
  for (let i = 0; i < 5; i += 1) {
    client.send('heartbeat');
    await client.next('pong');
  }
  await client.close();
});

test('disconnects a client whose queue is full of messages that must not be dropped', async () => {
  const order = await realtime.api.place();
  const client = await realtime.connect(order.customerId);
  client.send('order.subscribe', { orderId: order.orderId });
  await client.next('order.status');
  await put({ slowConsumers: { delayMs: 60_000, messagesPerSecond: 100 } });
  for (let i = 0; i < limit + 2; i += 1) await realtime.api.change(order, 'preparing');
  const { code, reason } = await client.closed();
  expect(code).toBe(1013);
  expect(JSON.parse(reason)).toEqual({
    reason: 'queue_full',
    reconnectAfterMs: expect.any(Number),
  });
  expect(await realtime.metric('galley_connections_ended_total{reason="queue_full"}')).toBe(1);
  const closed = 'ws_connections_closed_total{code="1013"}';
  await waitUntil(async () => (await realtime.metric(closed)) === 1);
  expect(realtime.linesOf('ws_connection_ended').at(-1)).toMatchObject({
    reason: 'queue_full',
    waiting: limit,
    user_id: order.customerId,
  });
});

test('queues the messages of a client that does not read', async () => {
  const client = await realtime.connect();
  const [userId] = realtime.hub.users();
  client.socket.pause();
  const text = JSON.stringify({ type: 'order.status', data: 'x'.repeat(8_000_000) });
  for (let i = 0; i < 4; i += 1) realtime.hub.send(userId ?? '', { type: 'order.status', text });
  expect(await depth()).toBe(3);
  client.socket.resume();
  await waitUntil(() => client.received.length === 5);
  expect(await depth()).toBe(0);
  await client.close();
});

test('disconnects a stalled client', async () => {
  const client = await realtime.connect();
  const [userId] = realtime.hub.users();
  client.socket.pause();
  const text = JSON.stringify({ type: 'order.status', data: 'x'.repeat(20_000_000) });
  realtime.hub.send(userId ?? '', { type: 'order.status', text });
  await waitUntil(async () => {
    return (await realtime.metric('galley_connections_ended_total{reason="stalled"}')) === 1;
  });
  await waitUntil(() => realtime.hub.size === 0);
  client.socket.terminate();
});

test('drops messages under the injected fault, and counts them', async () => {
  const client = await realtime.connect();
  const before = await drops('queue_full');
  await put({ droppedMessages: { share: 1, perSecond: 7 } });
  client.send('heartbeat');
  await waitUntil(async () => (await drops('queue_full')) >= before + 8);
  expect(client.received.map(({ type }) => type)).toEqual(['welcome']);
  await client.close();
});

test.each([
  [{ slowConsumers: { share: 2 } }, 'slowConsumers.share: Too big: expected number to be <=1'],
  [
    { droppedMessages: { perSecond: -1 } },
    'droppedMessages.perSecond: Too small: expected number to be >=0',
  ],
])('refuses the faults %j', async (faults, message) => {
  const body = JSON.stringify(faults);
  const response = await fetch(`${realtime.management}/faults`, { method: 'PUT', body });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ message });
});
