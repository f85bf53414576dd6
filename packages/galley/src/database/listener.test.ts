import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Stack, startStack } from '@watchkeeper/stack';
import { createTestTelemetry } from '@watchkeeper/telemetry/testing';
import { listenOnFreePort } from '@watchkeeper/testing/server';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';
import pg from 'pg';
import { createListener } from './listener.ts';

const stateFolder = makeTemporaryFolder('listener');
let stack: Stack;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let pool: pg.Pool;

beforeAll(async () => {
  stack = await startStack({ stateFolder, ports: 'free', components: ['postgres'] });
  proxy = await startProxy(new URL(stack.databaseUrl));
  pool = new pg.Pool({ connectionString: stack.databaseUrl });
}, 120_000);

afterAll(async () => {
  await pool.end();
  proxy.stop();
  await stack.stop();
  removeTemporaryFolders();
});

/** A proxy in front of the database whose open connections can become half-open. */
async function startProxy(target: URL) {
  const sockets = new Set<Socket>();
  const pairs = new Set<[Socket, Socket]>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    pairs.add([client, upstream]);
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => {}));
    client.pipe(upstream).pipe(client);
  });
  const url = new URL(target);
  url.host = `127.0.0.1:${await listenOnFreePort(server)}`;
  return {
    url: url.href,
    /** Forwards nothing more on the open connections, and closes none. */
    freeze() {
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream).pause();
        upstream.unpipe(client).pause();
      }
      pairs.clear();
    },
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function startListener(databaseUrl: string, heartbeatMs: number) {
  const { telemetry, linesOf } = await createTestTelemetry();
  const received: string[] = [];
  let reconnects = 0;
  const listener = createListener(telemetry, {
    ...{ databaseUrl, heartbeatMs, applicationName: 'test listener', channels: ['a', 'b'] },
    onNotification: (channel, payload) => void received.push(`${channel} ${payload}`),
    onReconnected: () => {
      reconnects += 1;
    },
  });
  return { listener, received, linesOf, reconnects: () => reconnects };
}

const notify = (channel: string, payload: string) =>
  pool.query('SELECT pg_notify($1, $2)', [channel, payload]);

test('notices a half-open connection, reconnects and listens to every channel again', async () => {
  const { listener, received, linesOf, reconnects } = await startListener(proxy.url, 200);
  await listener.start();
  await notify('a', '1');
  await waitUntil('the notification', () => received.includes('a 1'));
  proxy.freeze();
  await waitUntil('a reconnection', () => reconnects() === 1);
  expect(listener.isConnected).toBe(true);
  expect(linesOf('listener_lost')).toHaveLength(1);
  expect(linesOf('listener_connected').map(({ reconnects: count }) => count)).toEqual([0, 1]);
  await notify('b', '2');
  await waitUntil('the notification', () => received.includes('b 2'));
  await listener.stop();
});

test('reconnects when the database closes the connection', async () => {
  const { listener, received, reconnects } = await startListener(stack.databaseUrl, 60_000);
  await listener.start();
  await pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test listener'`,
  );
  await waitUntil('a reconnection', () => reconnects() === 1);
  await notify('a', '3');
  await waitUntil('the notification', () => received.includes('a 3'));
  await listener.stop();
});

test('retries after a first connection that fails, until it is stopped', async () => {
  const { listener, linesOf } = await startListener('postgres://galley@127.0.0.1:1/galley', 60_000);
  await expect(listener.start()).rejects.toThrow('ECONNREFUSED');
  expect(listener.isConnected).toBe(false);
  expect(linesOf('listener_lost')[0]).toMatchObject({ retry_ms: 200 });
  await listener.stop();
});
