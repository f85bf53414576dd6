import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort, type StartedProcess, startProcess } from './testing/started-process.ts';

const packageFolder = join(import.meta.dirname, '..');

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

const spans: Span[] = [];
let kitchenHeaders: IncomingHttpHeaders = {};
let isKitchenOpen = true;
let neighbours: Server;
let service: StartedProcess;
let base: string;
let management: string;

/** Stands for the kitchen and for the collector of traces. */
async function startNeighbours(): Promise<string> {
  neighbours = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    if (request.url === '/v1/traces') {
      for (const { scopeSpans } of JSON.parse(body).resourceSpans) {
        for (const scope of scopeSpans) spans.push(...scope.spans);
      }
      response.end('{}');
      return;
    }
    kitchenHeaders = request.headers;
    response.writeHead(isKitchenOpen ? 200 : 503).end();
  });
  await new Promise<void>((resolve) => neighbours.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(neighbours.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  const neighbour = await startNeighbours();
  const metricsPort = await freePort();
  const nodeArguments = ['--import', '@watchkeeper/telemetry/instrumentation', 'example/main.ts'];
  service = startProcess(nodeArguments, {
    folder: packageFolder,
    environment: {
      OTEL_SERVICE_NAME: 'example',
      OTEL_EXPORTER_OTLP_ENDPOINT: neighbour,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      KITCHEN_URL: neighbour,
      METRICS_PORT: String(metricsPort),
      PORT: '0',
    },
  });
  base = `http://${(await service.lineOf('server_started')).address}`;
  management = `http://127.0.0.1:${metricsPort}`;
});

afterAll(async () => {
  await service.stop();
  neighbours.closeAllConnections();
  neighbours.close();
});

const metricLines = async () => (await (await fetch(`${management}/metrics`)).text()).split('\n');

test('measures requests, the cache and what it declares itself', async () => {
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

test('is ready, and says so on the management port only', async () => {
  expect((await fetch(`${management}/ready`)).status).toBe(200);
  expect((await fetch(`${base}/metrics`)).status).toBe(404);
});

test('gives one trace and the same ids to spans, lines and the next host', async () => {
  const headers = { 'x-request-id': 'order-7', 'x-user': 'alice' };
  await fetch(`${base}/orders`, { method: 'POST', headers });
  expect(kitchenHeaders['x-request-id']).toBe('order-7');
  const traceId = kitchenHeaders.traceparent?.slice(3, 35);
  // What is still on its way, lines and spans, is out when the process has ended in order.
  await expect(service.stop()).resolves.toBe(0);
  const line = service
    .linesOf('order_create_completed')
    .find(({ request_id }) => request_id === 'order-7');
  expect(line).toMatchObject({ service: 'example', trace_id: traceId, user_id: 'alice' });
  const ofOrder = spans.filter((span) => span.traceId === traceId);
  expect(ofOrder.map(({ name }) => name)).toEqual(['POST', 'POST /orders']);
  expect(ofOrder[0]?.parentSpanId).toBe(ofOrder[1]?.spanId);
});
