import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type RunningRealtime, startRealtime } from '../testing/running-realtime.ts';
import { connectClient, refusedUpgrade } from '../testing/test-client.ts';

let realtime: RunningRealtime;

beforeAll(async () => {
  // A busy machine may delay a pong for seconds.
  realtime = await startRealtime({ heartbeatIntervalMs: 100, heartbeatTimeoutMs: 5_000 });
}, 60_000);

afterAll(() => realtime.stop());

test('keeps a client that answers pings, and terminates a silent one', async () => {
  const alive = await realtime.connect();
  const silent = await realtime.connect();
  silent.socket.pause();
  await waitUntil(() => realtime.hub.size === 1);
  silent.socket.resume();
  expect(await silent.closed()).toEqual({ code: 1006, reason: '' });
  alive.send('heartbeat');
  expect(await alive.next('pong')).toEqual({ at: expect.any(String) });
  expect(await realtime.metric('galley_connections_ended_total{reason="silent"}')).toBe(1);
  expect(realtime.linesOf('ws_connection_ended').at(-1)).toMatchObject({
    reason: 'silent',
    user_id: expect.any(String),
  });
  await alive.close();
});

test('closes a connection when its token expires', async () => {
  const token = await realtime.shortToken(5);
  const client = await connectClient(`ws://${realtime.address}/ws?access_token=${token}`);
  const { code, reason } = await client.closed();
  expect(code).toBe(4401);
  expect(JSON.parse(reason)).toEqual({
    reason: 'token_over',
    reconnectAfterMs: expect.any(Number),
  });
});

test.each([
  ['revoked', 'revoked_at = now()'],
  ['expired', 'expires_at = now()'],
])('closes a connection whose session is %s, and refuses the next', async (_, change) => {
  const userId = randomUUID();
  const url = `ws://${realtime.address}/ws?access_token=${await realtime.token(userId)}`;
  const client = await connectClient(url);
  const other = await realtime.connect();
  await realtime.pool.query(`UPDATE accounts.sessions SET ${change} WHERE user_id = $1`, [userId]);
  expect(await client.closed()).toEqual({ code: 4401, reason: '{"reason":"session_over"}' });
  expect(await refusedUpgrade(url)).toMatchObject({
    status: 401,
    body: { message: 'The session has ended. Log in.' },
  });
  expect(other.socket.readyState).toBe(other.socket.OPEN);
  await other.close();
});

test.each([
  ['a binary frame', (send: (data: string | Buffer) => void) => send(Buffer.from('{}')), 1003],
  ['a message that is too large', (send: (data: string) => void) => send('x'.repeat(20_000)), 1009],
])('closes for %s', async (_, act, code) => {
  const client = await realtime.connect();
  act((data) => client.socket.send(data));
  expect((await client.closed()).code).toBe(code);
});

test('rate-limits a client that is too fast, and disconnects it if it goes on', async () => {
  const client = await realtime.connect();
  for (let i = 0; i < 55; i += 1) client.send('heartbeat');
  // Messages that arrive in one read are pending together, so that some are refused for that first.
  const isRateLimited = ({ code }: { code: string }) => code === 'rate_limited';
  expect(await client.next('error', isRateLimited)).toEqual({
    code: 'rate_limited',
    message: 'Expected at most 20 messages a second.',
    requestType: 'heartbeat',
  });
  expect(
    await realtime.metric('rate_limit_rejections_total{limiter="ws_messages"}'),
  ).toBeGreaterThan(0);
  const { socket } = client;
  for (; socket.readyState === socket.OPEN; await sleep(10)) {
    for (let i = 0; i < 30; i += 1) client.send('heartbeat');
  }
  expect((await client.closed()).code).toBe(1008);
});

test.each([
  ['not JSON', null],
  ['{"type":"made-up"}', null],
  ['{"type":"constructor"}', null],
  ['{"type":"welcome"}', 'welcome'],
])('answers %s with an error', async (text, requestType) => {
  const client = await realtime.connect();
  client.socket.send(text);
  expect(await client.next('error')).toMatchObject({ code: 'unknown_message', requestType });
  await client.close();
});

test('sends queued messages before it stops, and when to reconnect', async () => {
  const leaving = await realtime.startInstance({ outboundQueueLimit: 512 });
  const client = await leaving.connect();
  leaving.faults.set('slowConsumers', {
    ...{ delayMs: 1, share: 1, messagesPerSecond: 0 },
    expiresInSeconds: 60,
  });
  for (let i = 0; i < 30; i += 1) client.send('heartbeat');
  await client.next('pong');
  const startedAt = performance.now();
  const shutdown = leaving.telemetry.shutdown.run('test');
  const { code, reason } = await client.closed();
  expect(code).toBe(1001);
  const { reconnectAfterMs } = JSON.parse(reason) as { reconnectAfterMs: number };
  expect(reconnectAfterMs).toBeGreaterThanOrEqual(200);
  expect(reconnectAfterMs).toBeLessThanOrEqual(5_000);
  expect(client.received.filter(({ type }) => type === 'pong')).toHaveLength(30);
  expect(await shutdown).toBe(true);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  expect(await leaving.metric('ws_connections_closed_total{code="1001"}')).toBe(1);
  expect(leaving.linesOf('ws_client_dropped')).toEqual([]);
});

test('terminates a client that ignores the close frame', async () => {
  const leaving = await realtime.startInstance({ heartbeatTimeoutMs: 60_000 });
  const client = await leaving.connect();
  client.socket.pause();
  expect(await leaving.telemetry.shutdown.run('test')).toBe(true);
  expect(leaving.hub.size).toBe(0);
  client.socket.resume();
  expect((await client.closed()).code).toBeDefined();
});

test('accepts no upgrade while it stops', async () => {
  const leaving = await realtime.startInstance();
  const client = await leaving.connect();
  client.socket.pause();
  const keepAlive = `http://${leaving.address}/ws`;
  await fetch(keepAlive);
  const shutdown = leaving.telemetry.shutdown.run('test');
  const headers = { authorization: `Bearer ${await realtime.token()}` };
  const statuses = new Set<number | undefined>();
  // For a moment it still takes connections, so that the kernel resets none.
  await waitUntil('nobody to listen', async () => {
    const refused = await refusedUpgrade(`ws://${leaving.address}/ws`, headers).catch(() => {});
    if (refused) statuses.add(refused.status);
    return refused === undefined;
  });
  statuses.delete(503);
  expect([...statuses]).toEqual([]);
  client.socket.terminate();
  await shutdown;
});
