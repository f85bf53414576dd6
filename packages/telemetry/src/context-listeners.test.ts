import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { listenOnFreePort } from '@watchkeeper/testing/server';
import { eventually } from '@watchkeeper/testing/waiting';
import express, { type Request, type Response } from 'express';
import WebSocket, { WebSocketServer } from 'ws';
import { httpMiddleware, instrumentWebSocketServer } from './index.ts';
import { createTestTelemetry, type TestTelemetry } from './testing/test-telemetry.ts';

let service: TestTelemetry;
const closing: (() => void)[] = [];

beforeEach(async () => {
  service = await createTestTelemetry();
});

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const log = (event: string) => () => service.telemetry.logger.info({ event }, 'heard');
const idsOf = (event: string) => service.linesOf(event).map((line) => line.request_id);

/** Serves one route, and sends a request whose id is `request-1`; it resolves once it is closed. */
async function ask(
  handle: (request: Request, response: Response) => void,
  { isAborted = false } = {},
): Promise<void> {
  const app = express().use(httpMiddleware(service.telemetry));
  // Once the listeners are there, and what was sent first has been read.
  const proceed = () => setImmediate(() => (isAborted ? sent.destroy() : sent.end('last')));
  const handleAndProceed = (request: Request, response: Response) => {
    handle(request, response);
    request.once('data', proceed);
  };
  app.use('/inner', express().post('/', handleAndProceed));
  app.post('/', handleAndProceed);
  const server = createServer(app);
  closing.push(() => server.close());
  const port = await listenOnFreePort(server);
  const path = isAborted ? '/' : '/inner';
  const headers = { 'x-request-id': 'request-1' };
  const sent = httpRequest({ port, host: '127.0.0.1', path, method: 'POST', headers });
  sent.on('error', () => {});
  sent.write('first');
  if (!isAborted) await buffer((await once(sent, 'response'))[0]);
  await eventually(() => expect(service.linesOf('response_close')).toHaveLength(1));
}

const methods = ['on', 'once', 'addListener', 'prependListener', 'prependOnceListener'] as const;

test.each(methods)('runs listeners added by %s in the context of the request', async (add) => {
  await ask((request, response) => {
    for (const event of ['data', 'end', 'close']) request[add](event, log(`request_${event}`));
    for (const event of ['finish', 'close']) response[add](event, log(`response_${event}`));
    request.resume().on('end', () => response.end());
  });
  for (const event of ['request_data', 'request_end', 'request_close']) {
    expect(new Set(idsOf(event))).toEqual(new Set(['request-1']));
  }
  for (const event of ['response_finish', 'response_close']) {
    expect(idsOf(event)).toEqual(['request-1']);
  }
  const isOnce = add.toLowerCase().includes('once');
  expect(idsOf('request_data').length === 1).toBe(isOnce);
});

test('runs those of a request that is aborted, too', async () => {
  await ask(
    (request, response) => {
      for (const event of ['aborted', 'error', 'close']) request.on(event, log(`request_${event}`));
      response.on('close', log('response_close'));
    },
    { isAborted: true },
  );
  await eventually(() => {
    for (const event of ['request_aborted', 'request_close', 'response_close']) {
      expect(idsOf(event)).toEqual(['request-1']);
    }
  });
});

test('removes listeners as Node does, and gives back the one that was added', async () => {
  const heard: string[] = [];
  await ask((request, response) => {
    const [always, once] = [() => heard.push('always'), () => heard.push('once')];
    request.on('end', always).once('end', once);
    const isThere = () => [always, once].map((each) => request.listeners('end').includes(each));
    heard.push(...isThere().map(String));
    request.off('end', always).off('end', once);
    heard.push(...isThere().map(String));
    const counts = request.listenerCount('custom');
    request.once('custom', function (this: unknown, ...values: unknown[]) {
      heard.push(`custom ${this === request} ${values}`);
    });
    for (let time = 0; time < 2; time += 1) request.emit('custom', 1, 2);
    heard.push(`${request.listenerCount('custom') - counts}`);
    response.on('close', log('response_close'));
    request.resume().on('end', () => response.end());
  });
  expect(heard).toEqual(['true', 'true', 'false', 'false', 'custom true 1,2', '0']);
});

test('runs raw listeners of a WebSocket in the context of its connection', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  closing.push(() => server.close());
  instrumentWebSocketServer(server, service.telemetry);
  server.on('connection', (socket) => {
    socket.on('message', log('message')).once('message', log('first_message'));
    socket.on('ping', log('ping')).on('close', log('socket_close'));
    socket.addEventListener('message', log('message_event'));
    // Later, and from the context of nobody.
    setImmediate(() => socket.on('message', log('late')));
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const headers = { 'x-request-id': 'upgrade-1' };
  const client = new WebSocket(`ws://127.0.0.1:${port}`, { headers });
  await once(client, 'open');
  client.ping();
  for (const text of ['one', 'two']) client.send(text);
  await eventually(() => expect(service.linesOf('message')).toHaveLength(2));
  client.close();
  await eventually(() => expect(idsOf('socket_close')).toEqual(['upgrade-1']));
  for (const event of ['message', 'message_event', 'late', 'ping', 'first_message']) {
    expect(new Set(idsOf(event))).toEqual(new Set(['upgrade-1']));
  }
  expect(idsOf('first_message')).toHaveLength(1);
});
