import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { propagation, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import express, { Router } from 'express';
import {
  BusinessRuleError,
  errorHandler,
  httpMiddleware,
  notFoundHandler,
  serveHttp,
} from '../index.ts';
import { createTestTelemetry, type TestTelemetry } from '../testing/test-telemetry.ts';

const exporter = new InMemorySpanExporter();
let service: TestTelemetry;
let base: string;

beforeEach(async () => {
  exporter.reset();
  trace.setGlobalTracerProvider(
    new TracerProvider({
      sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
      spanProcessors: [new SimpleSpanProcessor({ exporter })],
    }),
  );
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  service = await createTestTelemetry();
  const { telemetry } = service;
  const app = express();
  const orders = Router();
  orders.get('/', (_, response) => void response.json([]));
  orders.get('/:id', (request, response) => {
    telemetry.logger.info({ event: 'order_read' }, 'order read');
    response.json({ id: request.params.id });
  });
  orders.get('/:id/fails', () => {
    throw new Error('inside a router');
  });
  app.use(httpMiddleware(telemetry));
  app.use(express.json());
  app.use('/orders', orders);
  app.post('/orders', (request, response) => void response.status(201).json(request.body));
  app.get('/broken', () => {
    throw new TypeError('secret inside');
  });
  app.get('/rule', () => {
    throw new BusinessRuleError('CLOSED', 'The kitchen is closed.', { opensAt: 9 });
  });
  app.get('/hangs', () => {});
  app.use(notFoundHandler(), errorHandler(telemetry));
  base = `http://${await serveHttp(telemetry, app, { port: 0, bindAddress: '127.0.0.1' })}`;
});

afterEach(() => service.telemetry.shutdown.run('test'));

async function metricsText(): Promise<string[]> {
  // The answer arrives a moment before the middleware has seen its end.
  await sleep(20);
  return (await service.telemetry.renderMetrics()).split('\n');
}

test('counts a request under its route template', async () => {
  await fetch(`${base}/orders/17`);
  await fetch(`${base}/orders/18`);
  await fetch(`${base}/orders`);
  const lines = await metricsText();
  expect(lines).toContain(
    'http_requests_total{method="GET",route="/orders/:id",status_code="200"} 2',
  );
  expect(lines).toContain('http_requests_total{method="GET",route="/orders",status_code="200"} 1');
  expect(lines).toContain('http_requests_in_flight 0');
});

test('keeps the prefix of a router in which the request failed', async () => {
  await fetch(`${base}/orders/17/fails`);
  expect(await metricsText()).toContain(
    'http_requests_total{method="GET",route="/orders/:id/fails",status_code="500"} 1',
  );
});

test('counts what no route took as unmatched', async () => {
  await fetch(`${base}/wp-login.php`);
  expect(await metricsText()).toContain(
    'http_requests_total{method="GET",route="unmatched",status_code="404"} 1',
  );
});

test('measures the sizes of bodies in both directions', async () => {
  const body = JSON.stringify({ note: 'x'.repeat(200) });
  await fetch(`${base}/orders`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  const lines = await metricsText();
  const sum = `{method="POST",route="/orders"} ${body.length}`;
  expect(lines).toContain(`http_request_size_bytes_sum${sum}`);
  expect(lines).toContain(`http_response_size_bytes_sum${sum}`);
});

test('gives one trace id to the exemplar, the log lines and the span', async () => {
  await fetch(`${base}/orders/17`);
  const lines = await metricsText();
  const exemplar = lines
    .filter((line) => line.startsWith('http_request_duration_seconds_bucket'))
    .map((line) => /trace_id="(\w+)"/.exec(line)?.[1])
    .find(Boolean);
  const [span] = exporter.getFinishedSpans();
  expect(span?.name).toBe('GET /orders/:id');
  expect(span?.attributes).toMatchObject({
    'http.route': '/orders/:id',
    'http.response.status_code': 200,
  });
  expect(exemplar).toBe(span?.spanContext().traceId);
  const events = ['order_read', 'http_request_completed'];
  for (const event of events) {
    expect(service.linesOf(event)).toEqual([
      expect.objectContaining({ trace_id: exemplar, span_id: span?.spanContext().spanId }),
    ]);
  }
});

test('continues the trace of its caller', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await fetch(`${base}/orders/17`, {
    headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
  });
  await metricsText();
  expect(service.linesOf('http_request_completed')[0]?.trace_id).toBe(traceId);
});

test('leaves exemplars out of requests whose trace is not sampled, and keeps the id in the log', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await fetch(`${base}/orders/17`, {
    headers: { traceparent: `00-${traceId}-b7ad6b7169203331-00` },
  });
  expect((await metricsText()).join('\n')).not.toContain('trace_id=');
  expect(service.linesOf('http_request_completed')[0]?.trace_id).toBe(traceId);
});

test('takes acceptable ids from the caller, hands them back and logs them', async () => {
  const response = await fetch(`${base}/orders/17`, {
    headers: { 'x-request-id': 'req-1', 'x-correlation-id': 'corr-1' },
  });
  await metricsText();
  expect(response.headers.get('x-request-id')).toBe('req-1');
  expect(response.headers.get('x-correlation-id')).toBe('corr-1');
  expect(service.linesOf('order_read')[0]).toMatchObject({
    request_id: 'req-1',
    correlation_id: 'corr-1',
  });
});

test.each(['has space', 'x'.repeat(129), '<script>'])('replaces the request id %s', async (id) => {
  const response = await fetch(`${base}/orders/17`, { headers: { 'x-request-id': id } });
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('tells the caller nothing of a 5xx and the log line everything', async () => {
  const response = await fetch(`${base}/broken?token=hidden`);
  const body = await response.json();
  await metricsText();
  expect(body).toEqual({
    statusCode: 500,
    error: 'Internal Server Error',
    message: 'The request failed. Quote the request id.',
    timestamp: expect.any(String),
    path: '/broken',
    requestId: response.headers.get('x-request-id'),
  });
  expect(service.linesOf('http_request_failed')).toEqual([
    expect.objectContaining({
      level: 'error',
      path: '/broken',
      status_code: 500,
      err: expect.objectContaining({ type: 'TypeError', message: 'secret inside' }),
    }),
  ]);
  expect(await metricsText()).toContain('errors_total{error_type="TypeError",error_code="500"} 1');
  expect(exporter.getFinishedSpans()[0]?.events[0]?.name).toBe('exception');
});

test('names the broken business rule to the caller', async () => {
  const response = await fetch(`${base}/rule`);
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({
    error: 'Conflict',
    message: 'The kitchen is closed.',
    details: { ruleViolated: 'CLOSED', opensAt: 9 },
  });
});

test('answers a malformed body in the same format', async () => {
  const response = await fetch(`${base}/orders`, {
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
  const response = await fetch(`${base}/orders/${id}`);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: 'Bad Request', path: `/orders/${id}` });
});

test('records a caller that left before the answer as 499', async () => {
  await new Promise<void>((resolve) => {
    const request = httpRequest(`${base}/hangs`);
    request.on('error', () => resolve());
    request.end();
    setTimeout(() => request.destroy(), 50);
  });
  expect(await metricsText()).toContain(
    'http_requests_total{method="GET",route="/hangs",status_code="499"} 1',
  );
  expect(service.linesOf('http_request_failed')).toHaveLength(1);
});

test('records a method outside the set as other', async () => {
  await new Promise<void>((resolve) => {
    const request = httpRequest(`${base}/orders`, { method: 'PROPFIND' }, (response) => {
      response.resume();
      response.on('end', resolve);
    });
    request.end();
  });
  expect(await metricsText()).toContain(
    'http_requests_total{method="other",route="unmatched",status_code="404"} 1',
  );
});
