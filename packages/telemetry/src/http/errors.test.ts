import { request as httpRequest } from 'node:http';
import { expect, test } from '@jest/globals';
import { eventually } from '@watchkeeper/testing/waiting';
import { useOrdersService } from '../testing/orders-service.ts';

const { orders, spans } = useOrdersService();

test('hides the cause of a 5xx from the caller and logs it', async () => {
  const response = await fetch(`${orders.base}/broken?token=hidden`);
  const body = await response.json();
  await orders.metrics();
  expect(body).toEqual({
    statusCode: 500,
    error: 'Internal Server Error',
    message: 'The request failed. Quote the request id.',
    timestamp: expect.any(String),
    path: '/broken',
    requestId: response.headers.get('x-request-id'),
  });
  expect(orders.linesOf('http_request_failed')).toEqual([
    expect.objectContaining({
      level: 'error',
      path: '/broken',
      status_code: 500,
      err: expect.objectContaining({ type: 'TypeError', message: 'secret inside' }),
    }),
  ]);
  expect(await orders.metrics()).toContain(
    'errors_total{error_type="TypeError",error_code="500"} 1',
  );
  expect(spans.all()[0]?.events[0]?.name).toBe('exception');
});

test.each([
  ['before', 'KitchenError', '500'],
  ['not-with-an-error', 'string', '500'],
  ['by-itself', '503', '503'],
  ['midway', 'KitchenError', '500'],
  ['with-its-source', 'KitchenError', '500'],
  ['silently-with-its-source', 'KitchenError', '500'],
])('records an answer that fails %s on span, line and metrics alike', async (way, type, status) => {
  await fetch(`${orders.base}/fails/${way}`)
    .then((response) => response.text())
    .catch(() => {});
  const metrics = await orders.metrics();
  const errors = metrics.filter((line) => line.startsWith('errors_total{'));
  expect(errors).toEqual([`errors_total{error_type="${type}",error_code="${status}"} 1`]);
  const labels = `method="GET",route="/fails/${way}",status_code="${status}"`;
  expect(metrics).toContain(`http_requests_total{${labels}} 1`);
  const [span, ...others] = spans.all();
  expect(others).toEqual([]);
  expect(span?.attributes['error.type']).toBe(type);
  expect(span?.status.code).toBe(2);
  const [line, ...more] = orders.linesOf('http_request_failed');
  expect(more).toEqual([]);
  expect(line).toMatchObject({
    status_code: Number(status),
    trace_id: span?.spanContext().traceId,
    ...(type === status ? {} : { err: { type } }),
  });
});

test('records an error after a whole answer, which keeps its status', async () => {
  await fetch(`${orders.base}/fails/afterwards`).catch(() => {});
  const metrics = await orders.metrics();
  expect(metrics).toContain('errors_total{error_type="KitchenError",error_code="500"} 1');
  expect(spans.all()[0]?.attributes['error.type']).toBe('KitchenError');
  expect(orders.linesOf('http_request_failed')).toEqual([
    expect.objectContaining({ err: expect.objectContaining({ type: 'KitchenError' }) }),
  ]);
});

test('names the broken business rule to the caller', async () => {
  const response = await fetch(`${orders.base}/rule`);
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({
    error: 'Conflict',
    message: 'The kitchen is closed.',
    details: { ruleViolated: 'CLOSED', opensAt: 9 },
  });
});

test('answers a malformed body in the same format', async () => {
  const response = await fetch(`${orders.base}/orders`, {
    method: 'POST',
    body: '{',
    headers: { 'content-type': 'application/json' },
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    statusCode: 400,
    error: 'Bad Request',
    path: '/orders',
  });
});

test.each(['%', '%E0%A4%A'])('refuses a path with %s, which means nothing', async (id) => {
  const response = await fetch(`${orders.base}/orders/${id}`);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: 'Bad Request', path: `/orders/${id}` });
});

test('records a caller that left midway as 499, and not as an error of ours', async () => {
  const caller = new AbortController();
  const response = await fetch(`${orders.base}/streams`, { signal: caller.signal });
  caller.abort();
  await response.text().catch(() => {});
  const metrics = await orders.metrics();
  expect(metrics).toContain(
    'http_requests_total{method="GET",route="/streams",status_code="499"} 1',
  );
  expect(metrics.filter((line) => line.startsWith('errors_total{'))).toEqual([]);
  expect(spans.all()[0]?.status.code).toBe(0);
});

test('records a caller that left before the answer as 499', async () => {
  const request = httpRequest(`${orders.base}/hangs`);
  const left = new Promise((resolve) => request.once('error', resolve));
  request.end();
  // A caller that disconnects before its request arrives is not recorded.
  await eventually(async () =>
    expect(await orders.telemetry.renderMetrics()).toContain('http_requests_in_flight 1'),
  );
  request.destroy();
  await left;
  expect(await orders.metrics()).toContain(
    'http_requests_total{method="GET",route="/hangs",status_code="499"} 1',
  );
  expect(orders.linesOf('http_request_failed')).toHaveLength(1);
});
