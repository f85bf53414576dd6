import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type OrdersService, startOrdersService } from '../testing/orders-service.ts';
import { startTestTracing } from '../testing/spans.ts';

const spans = startTestTracing();
let orders: OrdersService;

beforeEach(async () => {
  spans.reset();
  orders = await startOrdersService();
});

afterEach(() => orders.stop());

test('tells the caller nothing of a 5xx and the log line everything', async () => {
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

test('records a caller that left before the answer as 499', async () => {
  await new Promise<void>((resolve) => {
    const request = httpRequest(`${orders.base}/hangs`);
    request.on('error', () => resolve());
    request.end();
    setTimeout(() => request.destroy(), 50);
  });
  expect(await orders.metrics()).toContain(
    'http_requests_total{method="GET",route="/hangs",status_code="499"} 1',
  );
  expect(orders.linesOf('http_request_failed')).toHaveLength(1);
});
