import { once } from 'node:events';
import {
  Agent,
  createServer,
  request as httpRequest,
  type RequestListener,
  type Server,
} from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { serveHttp } from '../index.ts';
import { createTestTelemetry, type TestTelemetry } from '../testing/test-telemetry.ts';

const agent = new Agent({ keepAlive: true });
const sockets: Socket[] = [];

afterEach(() => {
  agent.destroy();
  for (const socket of sockets.splice(0)) socket.destroy();
});

interface Served extends TestTelemetry {
  readonly port: number;
  /** Resolves when a request is under way. */
  readonly asked: Promise<void>;
  /** Answers the request that is under way. */
  answer(): void;
}

async function serve(prepare: (server: Server) => void = () => {}): Promise<Served> {
  const service = await createTestTelemetry({ SHUTDOWN_DEADLINE_MS: '20000' });
  let answer = () => {};
  const asked = Promise.withResolvers<void>();
  const server = createServer((_, response) => {
    answer = () => void response.end('whole');
    asked.resolve();
  });
  prepare(server);
  const place = { port: 0, bindAddress: '127.0.0.1' };
  const address = await serveHttp(service.telemetry, server, place);
  const port = Number(address.split(':')[1]);
  return { ...service, port, asked: asked.promise, answer: () => answer() };
}

/** Sends a request over a keep-alive connection; resolves to the body. */
function ask(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ port, host: '127.0.0.1', agent }, (response) => {
      let body = '';
      response.on('data', (part) => {
        body += part;
      });
      response.on('end', () => resolve(body));
    });
    asked.on('error', reject);
    asked.end();
  });
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

test('sends the answers that are under way, and keeps no connection for another request', async () => {
  const { telemetry, port, asked, answer, linesOf } = await serve();
  const answered = ask(port);
  await asked;
  telemetry.shutdown.on('drain', 'the answer', () => answer());
  const stopped = telemetry.shutdown.run('test');
  expect(await answered).toBe('whole');
  expect(await stopped).toBe(true);
  expect(linesOf('shutdown_step_failed')).toEqual([]);
});

test('does not wait for connections without a request', async () => {
  const { telemetry, port } = await serve();
  const socket = await open(port);
  const ended = once(socket, 'close');
  expect(await telemetry.shutdown.run('test')).toBe(true);
  await ended;
});

test('leaves upgraded connections to their new owner', async () => {
  let upgraded: Socket | undefined;
  const { telemetry, port } = await serve((server) => {
    server.on('upgrade', (_, socket) => {
      upgraded = socket as Socket;
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n');
    });
  });
  const socket = await open(port);
  socket.write('GET / HTTP/1.1\r\nhost: x\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n');
  await once(socket, 'data');
  let isOpen: boolean | undefined;
  telemetry.shutdown.on('drain', 'upgraded', async () => {
    await sleep(20);
    isOpen = !socket.closed;
    upgraded?.destroy();
  });
  expect(await telemetry.shutdown.run('test')).toBe(true);
  expect(isOpen).toBe(true);
});

test.each([
  ['upgrade: x\r\nconnection: upgrade', 'HTTP/1.1 200'],
  ['expect: x', 'HTTP/1.1 417'],
])('leaves the handling of %j to Node', async (headers, status) => {
  const { telemetry } = await createTestTelemetry();
  const listener: RequestListener = (_, response) => void response.end();
  const place = { port: 0, bindAddress: '127.0.0.1' };
  const address = await serveHttp(telemetry, listener, place);
  const socket = await open(Number(address.split(':')[1]));
  socket.write(`GET / HTTP/1.1\r\nhost: x\r\n${headers}\r\n\r\n`);
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toContain(status);
  await telemetry.shutdown.run('test');
});

test('takes an IPv6 address with its brackets', async () => {
  const { telemetry } = await createTestTelemetry();
  const options = { port: 0, bindAddress: '[::1]' };
  expect(await serveHttp(telemetry, () => {}, options)).toMatch(/^\[::1\]:\d+$/);
  await telemetry.shutdown.run('test');
});

test('ends a sender of slow headers in time', async () => {
  const { telemetry } = await createTestTelemetry();
  const listener: RequestListener = (_, response) => void response.end();
  const address = await serveHttp(telemetry, listener, { port: 0, bindAddress: '127.0.0.1' });
  const socket = await open(Number(address.split(':')[1]));
  const startedAt = performance.now();
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n');
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toContain('HTTP/1.1 408');
  // Thirty more with Node's own interval.
  expect(performance.now() - startedAt).toBeLessThan(25_000);
  await telemetry.shutdown.run('test');
}, 60_000);

test('names the port that is taken and its fix', async () => {
  const { telemetry, port } = await serve();
  await expect(serveHttp(telemetry, () => {}, { port, bindAddress: '127.0.0.1' })).rejects.toThrow(
    `Could not listen on 127.0.0.1:${port} (EADDRINUSE). Set \`PORT\` to a free port.`,
  );
  await telemetry.shutdown.run('test');
});
