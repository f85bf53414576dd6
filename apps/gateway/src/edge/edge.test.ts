import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sendRaw } from '@watchkeeper/testing/raw-request';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { json } from '../testing/fake-service.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';

let gateway: RunningGateway;
let authorization: string;

beforeAll(async () => {
  gateway = await startGateway({ environment: { CORS_ORIGINS: 'https://galley.example' } });
  authorization = await gateway.signIn();
});

afterAll(() => gateway.stop());

beforeEach(() => {
  gateway.api.received.length = 0;
  gateway.api.handle = (each, response) => json(response, 200, each);
});

test('answers with the security headers, the ids and no caching', async () => {
  const answer = await fetch(`${gateway.base}/api/v1/orders`);
  expect(answer.status).toBe(401);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-security-policy': "default-src 'self'",
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  });
  expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  expect(answer.headers.get('x-powered-by')).toBeNull();
});

test('allows pages of configured origins only', async () => {
  const ask = (origin: string) =>
    fetch(`${gateway.base}/api/v1/orders`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
  const known = await ask('https://galley.example');
  expect(known.status).toBe(204);
  expect(known.headers.get('access-control-allow-origin')).toBe('https://galley.example');
  const unknown = await ask('https://evil.example');
  expect(unknown.headers.get('access-control-allow-origin')).toBeNull();
});

test('compresses uncompressed upstream responses', async () => {
  gateway.api.handle = (_, response) => json(response, 200, { text: 'a'.repeat(5_000) });
  const answer = await sendRaw(gateway.base, '/api/v1/orders', {
    headers: { authorization, 'accept-encoding': 'gzip' },
  });
  expect(answer.headers['content-encoding']).toBe('gzip');
  const body = gunzipSync(answer.body).toString();
  expect(JSON.parse(body)).toEqual({ text: 'a'.repeat(5_000) });
});

const manyBytes = 'x'.repeat(100 * 1_024 + 1);
test.each([
  ['announced', () => manyBytes],
  ['not announced', () => new Blob([manyBytes]).stream()],
])('refuses a body that is too long, %s', async (_, body) => {
  const answer = await fetch(`${gateway.base}/api/v1/orders`, {
    method: 'POST',
    headers: { authorization },
    body: body(),
    duplex: 'half',
  });
  expect(answer.status).toBe(413);
  expect(await answer.json()).toMatchObject({
    statusCode: 413,
    message: 'Expected a body of at most 102400 bytes.',
    path: '/api/v1/orders',
  });
});

test('allows larger attachments', async () => {
  const answer = await fetch(`${gateway.base}/api/v1/attachments`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'image/png' },
    body: Buffer.alloc(5_242_880),
  });
  expect(answer.status).toBe(200);
});

test('answers 405 to unsupported methods', async () => {
  const { status, body } = await sendRaw(gateway.base, '/api/v1/orders', { method: 'PROPFIND' });
  expect(status).toBe(405);
  expect(JSON.parse(String(body)).message).toBe('`PROPFIND` is not supported.');
});

test.each([
  ['HTTP/2', { connection: 'upgrade', upgrade: 'h2c' }],
  ['nothing', { expect: 'nothing' }],
])('ignores a request for %s and answers as usual', async (_, headers) => {
  const answer = await sendRaw(gateway.base, '/api/v1/orders', { headers });
  expect(answer.status).toBe(401);
  expect(answer.headers['x-request-id']).toBeDefined();
  // Node reads nothing more after an upgrade that it ignored, so the caller has to reconnect.
  expect(answer.headers.connection).toBe('upgrade' in headers ? 'close' : 'keep-alive');
});

test('counts requests under the template of their route', async () => {
  await fetch(`${gateway.base}/api/v1/orders/17/payments`, { headers: { authorization } });
  await fetch(`${gateway.base}/nowhere/17`);
  const counted = (labels: string) => `http_requests_total{method="GET",${labels}}`;
  const wanted = [
    counted('route="/api/v1/orders/*",status_code="200"'),
    counted('route="unmatched",status_code="404"'),
  ];
  let metrics = '';
  await waitUntil(async () => {
    metrics = await gateway.telemetry.renderMetrics();
    return wanted.every((series) => metrics.includes(series));
  });
  expect(metrics).not.toContain('/17');
});

test('logs arrival and completion of a request, without its query', async () => {
  await fetch(`${gateway.base}/api/v1/orders?token=secret`, {
    headers: { authorization, 'x-request-id': 'seen' },
  });
  const lines = () => gateway.lines.filter((line) => line.request_id === 'seen');
  await waitUntil(() => lines().length === 2);
  expect(lines()).toMatchObject([
    { event: 'http_request_received' },
    {
      event: 'http_request_completed',
      route: '/api/v1/orders/*',
      user_id: expect.any(String),
    },
  ]);
  expect(JSON.stringify(lines())).not.toContain('secret');
});

test('fails requests under their own route until the fault is cleared', async () => {
  const url = `${gateway.management}/faults`;
  await fetch(url, { method: 'PUT', body: JSON.stringify({ errors: { share: 1 } }) });
  const ask = () => fetch(`${gateway.base}/api/v1/orders`, { headers: { authorization } });
  expect((await ask()).status).toBe(500);
  await fetch(url, { method: 'DELETE' });
  expect((await ask()).status).toBe(200);
});

test('completes requests in flight on shutdown, then ends', async () => {
  const other = await startGateway();
  const asked = Promise.withResolvers<void>();
  other.api.handle = (_, response) => {
    asked.resolve();
    setTimeout(() => json(response, 200, {}), 200);
  };
  const answer = fetch(`${other.base}/api/v1/restaurants`);
  await asked.promise;
  await other.stop();
  expect((await answer).status).toBe(200);
  expect(other.linesOf('shutdown_step_failed')).toEqual([]);
});
