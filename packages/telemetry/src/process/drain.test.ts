import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer, request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { useStartedProcesses } from '@watchkeeper/testing/process-tests';
import { serveHttp } from '../index.ts';
import { startServiceProcess } from '../testing/service-process.ts';
import { createTestTelemetry } from '../testing/test-telemetry.ts';

useStartedProcesses();

const place = { port: 0, bindAddress: '127.0.0.1' };

interface Loop {
  readonly errors: string[];
  answers: number;
  /** Answers that said that they were the last of their connection. */
  closes: number;
}

/** Asks again and again over a connection of its own, until new ones are refused. */
async function loopUntilRefused(port: number, path: string, pauseMs: number): Promise<Loop> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const loop: Loop = { errors: [], answers: 0, closes: 0 };
  for (;;) {
    try {
      const asked = httpRequest({ port, host: '127.0.0.1', path, agent });
      asked.end();
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      await text(answer);
      loop.answers += 1;
      if (answer.headers.connection === 'close') loop.closes += 1;
    } catch (error) {
      const { code = String(error) } = error as NodeJS.ErrnoException;
      agent.destroy();
      if (code === 'ECONNREFUSED') return loop;
      loop.errors.push(code);
    }
    await sleep(pauseMs);
  }
}

test('loses no request of connections that are kept alive, and turns readiness first', async () => {
  const service = await startServiceProcess({
    ...{ TRACING_ENABLED: 'false', SHUTDOWN_DEADLINE_MS: '10000' },
  });
  const port = Number(new URL(service.base).port);
  const loops = Array.from({ length: 5 }, () => loopUntilRefused(port, '/works/1', 0));
  await sleep(300);
  service.send('SIGTERM');
  await service.lineOf('server_stopping');
  expect((await fetch(`${service.management}/ready`)).status).toBe(503);
  // Still accepted meanwhile, and told not to stay.
  const late = await fetch(`${service.base}/hello/1`);
  expect([late.status, late.headers.get('connection')]).toEqual([200, 'close']);
  for (const loop of await Promise.all(loops)) {
    expect(loop).toMatchObject({ errors: [], closes: expect.any(Number) });
    expect(loop.closes).toBeGreaterThan(0);
  }
  expect(await service.stop()).toBe(0);
  const [{ phases }] = service.linesOf('server_stopped') as [{ phases: { announce: number } }];
  expect(phases.announce).toBeGreaterThanOrEqual(990);
});

test.each([0, 1, 10, 40])('loses none without a grace, with %d ms between two', async (pauseMs) => {
  const { telemetry } = await createTestTelemetry();
  const server = createServer((_, response) => void setTimeout(() => response.end('whole'), 5));
  const address = await serveHttp(telemetry, server, place);
  const port = Number(address.split(':')[1]);
  const loops = Array.from({ length: 5 }, () => loopUntilRefused(port, '/', pauseMs));
  await sleep(200);
  expect(await telemetry.shutdown.run('test')).toBe(true);
  for (const loop of await Promise.all(loops)) expect(loop.errors).toEqual([]);
});

test('answers a request on a connection that was idle when it stopped listening', async () => {
  const { telemetry } = await createTestTelemetry();
  const server = createServer((_, response) => void response.end('whole'));
  const address = await serveHttp(telemetry, server, place);
  const sockets: Socket[] = [];
  for (let index = 0; index < 2; index += 1) {
    const socket = connect(Number(address.split(':')[1]), '127.0.0.1');
    await once(socket, 'connect');
    sockets.push(socket);
  }
  const [used, unused] = sockets as [Socket, Socket];
  used.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(used, 'data');
  const stopped = telemetry.shutdown.run('test');
  while (server.listening) await sleep(1);
  for (const socket of sockets) socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  for (const answer of await Promise.all([text(used), text(unused)])) {
    expect(answer).toContain('200 OK');
    expect(answer).toContain('Connection: close');
  }
  expect(await stopped).toBe(true);
});

test('completes a stream of events that ends by itself, and ends one that never does', async () => {
  const { telemetry } = await createTestTelemetry({ SHUTDOWN_DEADLINE_MS: '2000' });
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n');
    if (request.url === '/ends') setTimeout(() => response.end('data: last\n\n'), 150);
  });
  const address = await serveHttp(telemetry, server, place);
  const [ends, endless] = await Promise.all(
    ['ends', 'endless'].map((path) => fetch(`http://${address}/${path}`)),
  );
  const stopped = telemetry.shutdown.run('test');
  expect(await ends?.text()).toBe('data: first\n\ndata: last\n\n');
  expect(await endless?.text()).toBe('data: first\n\n');
  expect(await stopped).toBe(true);
});

// A key that both sides know, so that no certificate is needed.
const shared = { ciphers: 'PSK+AES', maxVersion: 'TLSv1.2' } as const;
const psk = Buffer.from('00', 'hex');

test('serves an https.Server, logs its address, and drains it', async () => {
  const { telemetry, linesOf } = await createTestTelemetry();
  let answer = () => {};
  const asked = Promise.withResolvers<void>();
  const server = createHttpsServer({ ...shared, pskCallback: () => psk }, (_, response) => {
    answer = () => void response.end('whole');
    asked.resolve();
  });
  const address = await serveHttp(telemetry, server, place);
  expect(linesOf('server_started')).toEqual([expect.objectContaining({ address })]);
  const port = Number(address.split(':')[1]);
  const silent = connect(port, '127.0.0.1');
  await once(silent, 'connect');
  const sent = httpsRequest({
    ...{ ...shared, port, host: '127.0.0.1', headers: { connection: 'keep-alive' } },
    ...{ pskCallback: () => ({ psk, identity: 'test' }), checkServerIdentity: () => undefined },
  });
  sent.end();
  await asked.promise;
  const stopped = telemetry.shutdown.run('test');
  setTimeout(() => answer(), 50);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  expect(response.headers.connection).toBe('close');
  expect(await text(response)).toBe('whole');
  expect(await stopped).toBe(true);
  await once(silent, 'close');
});

test('writes an IPv6 address in brackets, in the line and where the port is taken', async () => {
  const { telemetry, linesOf } = await createTestTelemetry();
  const address = await serveHttp(telemetry, (_, response) => void response.end(), {
    ...place,
    bindAddress: '::1',
  });
  expect(address).toMatch(/^\[::1\]:\d+$/);
  expect(linesOf('server_started')).toEqual([expect.objectContaining({ address })]);
  expect((await fetch(`http://${address}`)).status).toBe(200);
  const port = Number(/\d+$/.exec(address)?.[0]);
  await expect(serveHttp(telemetry, () => {}, { port, bindAddress: '::1' })).rejects.toThrow(
    `Could not listen on [::1]:${port} (EADDRINUSE). Set \`PORT\` to a free port.`,
  );
  await telemetry.shutdown.run('test');
});

test('logs each error of a server that listens, and serves on', async () => {
  const { telemetry, linesOf } = await createTestTelemetry();
  const server = createServer((_, response) => void response.end());
  const address = await serveHttp(telemetry, server, place);
  for (let time = 1; time <= 2; time += 1) server.emit('error', new Error('EMFILE'));
  expect(linesOf('server_accept_failed')).toHaveLength(2);
  expect((await fetch(`http://${address}`)).status).toBe(200);
  await telemetry.shutdown.run('test');
});
