import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type RunningRealtime, startRealtime } from '../testing/running-realtime.ts';
import { connectClient, refusedUpgrade } from '../testing/test-client.ts';

let realtime: RunningRealtime;
let url: string;

beforeAll(async () => {
  realtime = await startRealtime({ maxConnectionsPerUser: 2 });
  url = `ws://${realtime.address}/ws`;
}, 60_000);

afterAll(() => realtime.stop());

async function bearer() {
  return { authorization: `Bearer ${await realtime.token()}` };
}

test('takes the token from the header or from the query, and never logs it', async () => {
  const token = await realtime.token();
  const clients = [
    await connectClient(`${url}?access_token=${token}`),
    await connectClient(url, { authorization: `Bearer ${token}` }),
  ];
  await refusedUpgrade(`${url}/elsewhere?access_token=${token}`);
  await refusedUpgrade(`${url}?access_token=${token}`);
  for (const client of clients) await client.close();
  expect(realtime.linesOf('ws_client_connected')).toHaveLength(2);
  expect(JSON.stringify(realtime.lines)).not.toContain(token);
});

test.each([
  ['without a token', () => '', 'Expected the header `Authorization: Bearer <access token>`.'],
  ['with an invalid token', () => '?access_token=x', 'The access token is not valid. Log in.'],
  ['with an empty one', () => '?access_token=', 'Expected the header `Authorization: Bearer'],
])('answers 401 %s, in the format of every HTTP error', async (_, query, message) => {
  const { status, body } = await refusedUpgrade(url + query());
  expect(status).toBe(401);
  expect(body).toEqual({
    statusCode: 401,
    error: 'Unauthorized',
    message: expect.stringContaining(message),
    timestamp: expect.any(String),
    path: '/ws',
    requestId: expect.any(String),
  });
  const series = 'http_requests_total{method="GET",route="/ws",status_code="401"}';
  await waitUntil(async () => (await realtime.metric(series)) > 0);
  const completed = await waitUntil(() =>
    realtime
      .linesOf('http_request_completed')
      .find(({ request_id }) => request_id === body.requestId),
  );
  expect(completed).toMatchObject({ route: '/ws', status_code: 401 });
});

test.each([
  ['http://localhost:3000', 101],
  ['HTTP://LOCALHOST:3000', 101],
  ['https://evil.example', 403],
  ['null', 403],
])('answers the page of origin %s with %s', async (origin, status) => {
  const headers = { ...(await bearer()), origin };
  if (status === 101) return (await connectClient(url, headers)).close();
  const refused = await refusedUpgrade(url, headers);
  expect(refused).toMatchObject({
    status,
    body: { message: 'Expected a page of an allowed origin.' },
  });
});

test('limits the connections of one user', async () => {
  const userId = randomUUID();
  const clients = [await realtime.connect(userId), await realtime.connect(userId, 'tablet')];
  const headers = { authorization: `Bearer ${await realtime.token(userId)}` };
  expect(await refusedUpgrade(url, headers)).toMatchObject({
    status: 429,
    headers: { 'retry-after': '5' },
    body: { message: 'Expected at most 2 connections of one user.' },
  });
  await clients[0]?.close();
  await (await connectClient(url, headers)).close();
  await clients[1]?.close();
});

test('answers 429 when it is full, which the gateway does not count as a failure', async () => {
  const full = await realtime.startInstance({ maxConnections: 1 });
  const client = await full.connect();
  expect(await refusedUpgrade(`ws://${full.address}/ws`, await bearer())).toMatchObject({
    status: 429,
    headers: { 'retry-after': '5' },
    body: { message: 'This instance takes no more connections.' },
  });
  await client.close();
});

test('answers 426 without an upgrade, and 404 for other paths', async () => {
  const plain = await fetch(`http://${realtime.address}/ws`);
  expect(plain.status).toBe(426);
  expect(plain.headers.get('upgrade')).toBe('websocket');
  expect((await refusedUpgrade(`ws://${realtime.address}/other`, await bearer())).status).toBe(404);
  for (const path of ['/metrics', '/health', '/ready', '/faults']) {
    expect((await fetch(`http://${realtime.address}${path}`)).status).toBe(404);
  }
});

test('fails upgrades under an injected fault', async () => {
  realtime.faults.set('errors', { share: 1, pathPrefix: '/ws', expiresInSeconds: 60 });
  expect((await refusedUpgrade(url, await bearer())).status).toBe(500);
  realtime.faults.clear();
  await (await connectClient(url, await bearer())).close();
});

test('survives a client that disconnects during the upgrade', async () => {
  realtime.faults.set('latency', { share: 1, milliseconds: 50, expiresInSeconds: 60 });
  const { default: WebSocket } = await import('ws');
  const socket = new WebSocket(url, { headers: await bearer() });
  socket.on('error', () => {});
  await new Promise((resolve) => setTimeout(resolve, 20));
  socket.terminate();
  await new Promise((resolve) => setTimeout(resolve, 100));
  realtime.faults.clear();
  await (await connectClient(url, await bearer())).close();
});
