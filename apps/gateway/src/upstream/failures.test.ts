import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { json, startFakeService } from '../testing/fake-service.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';

// Longer than any test.
const longMs = 600_000;
const timeouts: Readonly<Record<string, number>> = {
  '/api/v1/search': 100,
  '/api/v1/users/*': 2_000,
};
let gateway: RunningGateway;
let authorization: string;

async function start(openMs: number): Promise<void> {
  gateway = await startGateway({
    change: (routing) => ({
      ...routing,
      circuitBreaker: { failurePercent: 50, minimumRequests: 5, windowMs: longMs, openMs },
      routes: routing.routes.map((route) => ({
        ...route,
        timeoutMs: timeouts[route.path] ?? route.timeoutMs,
      })),
    }),
  });
  authorization = await gateway.signIn();
}

beforeEach(() => start(longMs));

afterEach(() => gateway.stop());

const ask = (path = '/api/v1/orders') =>
  fetch(`${gateway.base}${path}`, { headers: { authorization } });
const statuses = (count: number) =>
  Promise.all(Array.from({ length: count }, async () => (await ask()).status));

async function state(): Promise<string> {
  const metrics = await gateway.telemetry.renderMetrics();
  return /^circuit_breaker_state\{name="api"\} (\d)/m.exec(metrics)?.[1] ?? 'absent';
}

/** Replaces the gateway by one whose circuit half-opens within half a second. */
async function startWithBriefOpening(): Promise<void> {
  await gateway.stop();
  await start(500);
}

/** Opens the circuit, and waits until the next request decides whether it closes. */
async function halfOpen(): Promise<void> {
  await startWithBriefOpening();
  gateway.api.handle = (_, response) => json(response, 503, {});
  await statuses(30);
  gateway.api.handle = (each, response) => json(response, 200, each);
  await waitUntil(async () => (await state()) === '1');
}

async function expectRecovery(): Promise<void> {
  await waitUntil(async () => (await state()) === '1');
  expect((await ask()).status).toBe(200);
  expect(await state()).toBe('0');
}

test('does not count errors of callers', async () => {
  gateway.api.handle = (_, response) => json(response, 409, { message: 'no' });
  expect(new Set(await statuses(20))).toEqual(new Set([409]));
  expect(await state()).toBe('0');
});

test('opens after failures, and sends no requests', async () => {
  let asked = 0;
  gateway.api.handle = (_, response) => {
    asked += 1;
    json(response, 503, { message: 'secret of the inside' }, { 'retry-after': '7' });
  };
  const first = await ask();
  expect(first.status).toBe(503);
  expect(first.headers.get('retry-after')).toBe('7');
  expect(await first.json()).toMatchObject({
    statusCode: 503,
    error: 'Service Unavailable',
    message: 'The request failed. Quote the request id.',
    path: '/api/v1/orders',
  });
  await statuses(30);
  expect(await state()).toBe('2');
  expect(gateway.linesOf('circuit_breaker_opened')).toMatchObject([{ name: 'api' }]);
  asked = 0;
  const refused = await ask();
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe(String(longMs / 1_000));
  expect(asked).toBe(0);
  expect(await gateway.telemetry.renderMetrics()).toMatch(
    /gateway_upstream_failures_total\{upstream="api",reason="circuit_open"\} \d+/,
  );
});

/** Sends the head of a request and no body; resolves to the status line. */
async function sendHalf(): Promise<string> {
  const { hostname, port } = new URL(gateway.base);
  const socket = connect(Number(port), hostname);
  const head = ['PATCH /api/v1/users/me HTTP/1.1', 'host: x', `authorization: ${authorization}`];
  socket.write(`${[...head, 'content-length: 100'].join('\r\n')}\r\n\r\n{`);
  const [answer] = await once(socket, 'data');
  await once(socket.resume(), 'close');
  return String(answer).split('\r\n')[0] ?? '';
}

test('blames a slow caller, not the upstream, for a body that does not arrive', async () => {
  const lines = await Promise.all(Array.from({ length: 20 }, sendHalf));
  expect(new Set(lines)).toEqual(new Set(['HTTP/1.1 408 Request Timeout']));
  expect(await state()).toBe('0');
  expect(gateway.linesOf('upstream_request_failed')).toEqual([]);
  expect((await ask()).status).toBe(200);
});

test('a slow caller is not the one request that decides whether the circuit closes', async () => {
  await halfOpen();
  const slow = Promise.all(Array.from({ length: 3 }, sendHalf));
  await waitUntil(async () =>
    /^http_requests_in_flight\S* [1-9]/m.test(await gateway.telemetry.renderMetrics()),
  );
  expect((await ask()).status).toBe(200);
  expect(await state()).toBe('0');
  expect(new Set(await slow)).toEqual(new Set(['HTTP/1.1 408 Request Timeout']));
});

test('a request with a body closes the circuit once it has arrived', async () => {
  await halfOpen();
  const init = { method: 'PATCH', headers: { authorization }, body: '{"bio":"here"}' };
  const answer = await fetch(`${gateway.base}/api/v1/users/me`, init);
  expect(await answer.json()).toMatchObject({ method: 'PATCH', body: '{"bio":"here"}' });
  expect(await state()).toBe('0');
});

test('gives the upstream its whole time after the body', async () => {
  gateway.api.handle = (_, response) => void setTimeout(() => json(response, 200, {}), 1_200);
  let bytes = 0;
  const body = new ReadableStream({
    async pull(controller) {
      await sleep(300);
      bytes += 1;
      if (bytes > 3) controller.close();
      else controller.enqueue(new Uint8Array([32]));
    },
  });
  // Each takes 1.2 of 2 seconds, both together more.
  const init = { method: 'PATCH', headers: { authorization }, body, duplex: 'half' } as const;
  expect((await fetch(`${gateway.base}/api/v1/users/me`, init)).status).toBe(200);
});

test('opens the circuit of a group alone, and leaves other routes closed', async () => {
  gateway.api.handle = ({ url }, response) =>
    json(response, url.startsWith('/api/v1/payments') ? 503 : 200, {});
  const pay = async () => (await ask('/api/v1/payments/7')).status;
  await Promise.all(Array.from({ length: 30 }, pay));
  const metrics = await gateway.telemetry.renderMetrics();
  expect(metrics).toMatch(/^circuit_breaker_state\{name="api_payments"\} 2/m);
  expect(await state()).toBe('0');
  expect((await ask()).status).toBe(200);
});

test('half-opens after a while, and closes on success', async () => {
  await startWithBriefOpening();
  gateway.api.handle = (_, response) => json(response, 503, {});
  await statuses(30);
  expect(gateway.linesOf('circuit_breaker_opened')[0]).toMatchObject({ name: 'api' });
  gateway.api.handle = (each, response) => json(response, 200, each);
  await expectRecovery();
});

test('answers 504 after the timeout, and logs the reason', async () => {
  gateway.api.handle = () => {};
  const answer = await ask('/api/v1/search');
  expect(answer.status).toBe(504);
  expect(gateway.linesOf('upstream_request_failed').at(-1)).toMatchObject({
    upstream: 'api',
    reason: 'timeout',
    err: { message: 'No response within 100 ms.' },
  });
});

test('aborts the response when the upstream aborts', async () => {
  gateway.api.handle = (_, response) => {
    response.writeHead(200, { 'content-length': 1_000 });
    response.write('half');
    setTimeout(() => response.destroy(), 20);
  };
  const answer = await ask();
  expect(answer.status).toBe(200);
  await expect(answer.text()).rejects.toThrow();
});

test('answers 502 while the upstream is down, and recovers', async () => {
  await startWithBriefOpening();
  const port = Number(new URL(gateway.api.url).port);
  await gateway.api.stop();
  expect((await ask()).status).toBe(502);
  await waitUntil(() => gateway.linesOf('http_request_failed').length > 0);
  expect(gateway.linesOf('http_request_failed').at(-1)).toMatchObject({
    route: '/api/v1/orders/*',
    status_code: 502,
    err: { type: 'HttpError', message: 'The upstream could not be reached.' },
  });
  await statuses(20);
  expect(gateway.linesOf('circuit_breaker_opened')[0]).toMatchObject({ name: 'api' });
  const again = await startFakeService(port);
  await expectRecovery();
  await again.stop();
});
