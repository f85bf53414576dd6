import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import {
  freePort,
  killStartedProcesses,
  processTestMs,
  type StartedProcess,
  startProcess,
} from '@watchkeeper/testing/started-process';
import { eventually } from '@watchkeeper/testing/waiting';
import { type Collector, startCollector } from './testing/collector.ts';

const packageFolder = join(import.meta.dirname, '..');

let kitchenHeaders: IncomingHttpHeaders = {};
let isKitchenOpen = true;
let server: Collector;
let service: StartedProcess;
let base: string;
let management: string;

jest.setTimeout(processTestMs);

beforeAll(async () => {
  // One server stands for the kitchen and for the collector of traces.
  server = await startCollector((request, response) => {
    kitchenHeaders = request.headers;
    response.writeHead(isKitchenOpen ? 200 : 503).end();
  });
  const metricsPort = await freePort();
  const nodeArguments = ['--import', '@watchkeeper/telemetry/instrumentation', 'example/main.ts'];
  service = startProcess(nodeArguments, {
    folder: packageFolder,
    environment: {
      OTEL_SERVICE_NAME: 'example',
      OTEL_EXPORTER_OTLP_ENDPOINT: server.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      KITCHEN_URL: server.url,
      METRICS_PORT: String(metricsPort),
      PORT: '0',
    },
  });
  base = `http://${(await service.lineOf('server_started')).address}`;
  management = `http://127.0.0.1:${metricsPort}`;
});

afterAll(async () => {
  await killStartedProcesses();
  server.close();
});

/** The lines of the registry, once every request so far has ended. */
async function metricLines(): Promise<string[]> {
  let lines: string[] = [];
  await eventually(async () => {
    lines = (await (await fetch(`${management}/metrics`)).text()).split('\n');
    expect(lines).toContain('http_requests_in_flight 0');
  });
  return lines;
}

test('measures requests, the cache and its own metrics', async () => {
  for (const id of [1, 1, 2]) await fetch(`${base}/menus/${id}`);
  isKitchenOpen = true;
  expect((await fetch(`${base}/orders`, { method: 'POST' })).status).toBe(201);
  isKitchenOpen = false;
  expect((await fetch(`${base}/orders`, { method: 'POST' })).status).toBe(409);
  isKitchenOpen = true;
  const lines = await metricLines();
  expect(lines).toContain(
    'http_requests_total{method="GET",route="/menus/:id",status_code="200"} 3',
  );
  expect(lines).toContain('cache_hits_total{cache="menus"} 1');
  expect(lines).toContain('orders_created_total{result="success"} 1');
  expect(lines).toContain('orders_created_total{result="refused"} 1');
  expect(lines).toContain('errors_total{error_type="HttpError",error_code="closed"} 1');
});

test('reports readiness on the management port only', async () => {
  expect((await fetch(`${management}/ready`)).status).toBe(200);
  expect((await fetch(`${base}/metrics`)).status).toBe(404);
});

test('gives one trace and the same ids to spans, lines and the next host', async () => {
  const headers = { 'x-request-id': 'order-7', 'x-user': 'alice' };
  await fetch(`${base}/orders`, { method: 'POST', headers });
  expect(kitchenHeaders['x-request-id']).toBe('order-7');
  const traceId = kitchenHeaders.traceparent?.slice(3, 35);
  // A graceful shutdown flushes all lines and spans.
  await expect(service.stop()).resolves.toBe(0);
  const line = service
    .linesOf('order_create_completed')
    .find(({ request_id }) => request_id === 'order-7');
  expect(line).toMatchObject({ service: 'example', trace_id: traceId, user_id: 'alice' });
  const ofOrder = server.spans.filter((span) => span.traceId === traceId);
  expect(ofOrder.map(({ name }) => name)).toEqual(['POST', 'POST /orders']);
  expect(ofOrder[0]?.parentSpanId).toBe(ofOrder[1]?.spanId);
});
