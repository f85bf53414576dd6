// The preload's use of the standard's variables, and the headers that it propagates.
import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { killStartedProcesses, processTestMs } from '@watchkeeper/testing/started-process';
import { type Collector, startCollector } from './testing/collector.ts';
import { startServiceProcess } from './testing/service-process.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
let collector: Collector;
/** The headers that the third party received. */
let received: IncomingHttpHeaders = {};

jest.setTimeout(processTestMs);
beforeEach(async () => {
  collector = await startCollector((request, response) => {
    received = request.headers;
    response.end('answer');
  });
});
afterEach(async () => {
  await killStartedProcesses();
  collector.close();
});

function start(environment: Record<string, string>) {
  return startServiceProcess({
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    SHUTDOWN_DEADLINE_MS: '20000',
    DEPENDENCY_URL: collector.url,
    ...environment,
  });
}

test('sends spans to the endpoint, with the headers and the resource of the variables', async () => {
  const service = await start({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/tenant/traces`,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=kitchen',
    OTEL_RESOURCE_ATTRIBUTES: 'team=chefs,service.name=overridden',
    SERVICE_VERSION: '1.2.3',
    DEPLOYMENT_ENVIRONMENT: 'staging',
  });
  await fetch(`${service.base}/hello/1`);
  expect(await service.stop()).toBe(0);
  expect(collector.spans.map(({ name }) => name)).toEqual(['GET /hello/:id']);
  expect(collector.deliveries[0]).toMatchObject({
    url: '/tenant/traces',
    headers: { 'x-tenant': 'kitchen' },
  });
  expect(Object.fromEntries(collector.resource)).toMatchObject({
    'service.name': 'fixture',
    'service.version': '1.2.3',
    'deployment.environment.name': 'staging',
    team: 'chefs',
    'service.instance.id': expect.any(String),
  });
});

test.each([
  ['OTEL_TRACES_EXPORTER', 'none', true],
  ['OTEL_TRACES_SAMPLER', 'always_off', true],
  ['OTEL_SDK_DISABLED', 'true', false],
  ['TRACING_ENABLED', 'false', false],
])('sends no spans with %s=%s; lines have a trace id: %j', async (name, value, hasIds) => {
  const service = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, [name]: value });
  await fetch(`${service.base}/hello/1`);
  expect(await service.stop()).toBe(0);
  expect(collector.spans).toEqual([]);
  const [line] = service.linesOf('http_request_completed');
  expect('trace_id' in (line ?? {})).toBe(hasIds);
});

test.each([
  ['WARN', false],
  ['info', true],
])('with OTEL_LOG_LEVEL=%s logs an unreachable collector: %j', async (level, isReported) => {
  const service = await start({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    OTEL_LOG_LEVEL: level,
  });
  await fetch(`${service.base}/hello/1`);
  await service.stop();
  expect(/^opentelemetry info: Export /m.test(service.output())).toBe(isReported);
});

test('logs the last spans that the collector did not accept, and shuts down cleanly', async () => {
  const service = await start({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    // Until the end nothing is sent.
    OTEL_BSP_SCHEDULE_DELAY: '600000',
  });
  for (const id of [1, 2, 3]) await fetch(`${service.base}/hello/${id}`);
  expect(await service.stop()).toBe(0);
  expect(service.linesOf('telemetry_spans_lost')).toEqual([expect.objectContaining({ spans: 3 })]);
  expect(service.linesOf('server_stopped')).toHaveLength(1);
});

test('exits with an unknown sampler and names the known ones', async () => {
  const message = /Expected `OTEL_TRACES_SAMPLER` to be one of `always_on`, .*, got `sometimes`/;
  await expect(start({ OTEL_TRACES_SAMPLER: 'sometimes' })).rejects.toThrow(message);
});

test.each([
  ['a bare fetch', 'fetch', true],
  ['a bare request', 'request', true],
  ['an instrumented fetch to a third party', 'third-party', false],
])('never propagates baggage by %s', async (_name, way, isTraced) => {
  received = {};
  const service = await start({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    // The standard's own default, which must not bring baggage back.
    OTEL_PROPAGATORS: 'tracecontext,baggage',
  });
  const headers = {
    traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    tracestate: 'vendor=1',
    baggage: 'customer=secret',
  };
  const response = await fetch(`${service.base}/calls/${way}`, { headers });
  expect(await response.text()).toBe('answer');
  expect(received.traceparent?.includes(traceId) ?? false).toBe(isTraced);
  expect(received.tracestate).toBe(isTraced ? 'vendor=1' : undefined);
  expect(JSON.stringify(received)).not.toMatch(/baggage|secret/);
});
