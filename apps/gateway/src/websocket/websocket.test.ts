import { once } from 'node:events';
import { createConnection } from 'node:net';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import WebSocket from 'ws';
import { startGateway, useGateway } from '../testing/running-gateway.ts';

const gateway = useGateway();

function connect(path = '/ws', headers: Record<string, string> = {}, protocols: string[] = []) {
  return new WebSocket(`${gateway.base.replace('http', 'ws')}${path}`, protocols, { headers });
}

/** Opens both ends: ours and that of the service. */
async function open(
  path = '/ws',
  headers: Record<string, string> = { authorization: gateway.authorization },
) {
  const client = connect(path, headers);
  await once(client, 'open');
  const service = gateway.realtime.sockets.at(-1) as WebSocket;
  return { client, service };
}

async function refusal(client: WebSocket) {
  client.on('error', () => {});
  const [, answer] = await once(client, 'unexpected-response');
  let text = '';
  for await (const chunk of answer) text += chunk;
  return { status: answer.statusCode, body: JSON.parse(text) };
}

test('relays text and binary frames both ways', async () => {
  const { client, service } = await open();
  service.send('text');
  expect(await once(client, 'message')).toEqual([Buffer.from('text'), false]);
  client.send(Buffer.from([1, 2]));
  expect(await once(service, 'message')).toEqual([Buffer.from([1, 2]), true]);
  client.close();
  await once(service, 'close');
});

test('loses no message sent immediately', async () => {
  const greeted = new Promise((resolve) => {
    const greet = setInterval(() => {
      const service = gateway.realtime.sockets.at(-1);
      if (service?.readyState !== WebSocket.OPEN) return;
      clearInterval(greet);
      service.send('welcome');
      resolve(undefined);
    }, 1);
  });
  const client = connect('/ws', { authorization: gateway.authorization });
  const message = once(client, 'message');
  await greeted;
  expect(String((await message)[0])).toBe('welcome');
  client.close();
});

test('relays pings and pongs between the ends', async () => {
  const { client, service } = await open();
  service.ping('a');
  expect(String((await once(client, 'ping'))[0])).toBe('a');
  expect(String((await once(service, 'pong'))[0])).toBe('a');
  client.terminate();
  expect((await once(service, 'close'))[0]).toBe(1006);
});

test.each([
  ['no code', () => [], 1005, ''],
  ['a code and a reason', () => [4001, 'session ended'], 4001, 'session ended'],
] as const)('closes like the other end, with %s', async (_, args, code, reason) => {
  const { client, service } = await open();
  service.close(...(args() as [number?, string?]));
  const [got, text] = await once(client, 'close');
  expect([got, String(text)]).toEqual([code, reason]);
});

test.each([
  ['no token', '/ws', {}],
  ['a wrong token', '/ws', { authorization: 'Bearer x.y.z' }],
  ['a wrong token in the query', '/ws?access_token=x', {}],
])('answers 401 before the upgrade to %s', async (_, path, headers) => {
  const before = gateway.realtime.sockets.length;
  const { status, body } = await refusal(connect(path, headers));
  expect(status).toBe(401);
  expect(body).toMatchObject({ statusCode: 401, error: 'Unauthorized', path: '/ws' });
  expect(gateway.realtime.sockets).toHaveLength(before);
});

test('takes the token from the query and keeps it out of URLs and logs', async () => {
  const token = gateway.authorization.replace('Bearer ', '');
  const { client } = await open(`/ws?order=1&access_token=${token}`, {});
  expect(gateway.realtime.received.at(-1)).toMatchObject({
    url: '/ws?order=1',
    headers: { authorization: gateway.authorization, 'x-forwarded-for': '127.0.0.1' },
  });
  expect(gateway.linesOf('http_request_completed').at(-1)).toMatchObject({
    route: '/ws',
    status_code: 101,
    path: '/ws',
  });
  expect(JSON.stringify(gateway.lines)).not.toContain(token);
  client.close();
});

test('meters connections and handshakes', async () => {
  const { client, service } = await open();
  const metrics = await gateway.telemetry.renderMetrics();
  expect(metrics).toMatch(/ws_connections_active [1-9]/);
  expect(metrics).toMatch(/http_requests_total\{method="GET",route="\/ws",status_code="101"\} \d/);
  service.close(1000);
  await once(client, 'close');
});

test('survives any bytes after the handshake', async () => {
  const { hostname, port } = new URL(gateway.base);
  const handshake = [
    ...['GET /ws HTTP/1.1', 'Host: galley', 'Connection: Upgrade', 'Upgrade: websocket'],
    ...['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='],
    ...[`Authorization: ${gateway.authorization}`, '', ''],
  ].join('\r\n');
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
      const socket = createConnection({ host: hostname, port: Number(port) });
      socket.on('error', () => {});
      socket.write(handshake);
      const [answer] = await once(socket, 'data');
      expect(String(answer)).toMatch(/^HTTP\/1.1 101 /);
      socket.end(bytes);
      socket.resume();
      await once(socket, 'close');
    }),
    { numRuns: 50 },
  );
  expect((await open()).client.readyState).toBe(WebSocket.OPEN);
});

test('answers 426 to a request without an upgrade, 404 to an upgrade elsewhere', async () => {
  const answer = await fetch(`${gateway.base}/ws`, {
    headers: { authorization: gateway.authorization },
  });
  expect(answer.status).toBe(426);
  expect(
    (await refusal(connect('/elsewhere', { authorization: gateway.authorization }))).status,
  ).toBe(404);
});

test('answers 502 while realtime is down, and closes broken connections', async () => {
  const { client } = await open();
  await gateway.realtime.stop();
  expect((await once(client, 'close'))[0]).toBe(1006);
  expect((await refusal(connect('/ws', { authorization: gateway.authorization }))).status).toBe(
    502,
  );
});

test('closes with 1001 when it stops', async () => {
  const other = await startGateway();
  const headers = { authorization: await other.signIn() };
  const client = new WebSocket(`${other.base.replace('http', 'ws')}/ws`, { headers });
  await once(client, 'open');
  const service = other.realtime.sockets[0] as WebSocket;
  const codes = Promise.all([once(client, 'close'), once(service, 'close')]);
  await other.stop();
  expect((await codes).map(([code]) => code)).toEqual([1001, 1001]);
  expect(other.linesOf('shutdown_step_failed')).toEqual([]);
});
