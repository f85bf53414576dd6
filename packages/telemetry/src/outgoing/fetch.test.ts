import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { context, propagation, trace } from '@opentelemetry/api';
import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node';
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import { instrumentFetch } from '../index.ts';
import { withRequestContext } from '../request-context.ts';
import { startTestTracing } from '../testing/spans.ts';
import { createTestTelemetry } from '../testing/test-telemetry.ts';

const spans = startTestTracing();
const span = trace.getTracer('test').startSpan('request');
const { traceId } = span.spanContext();

let server: Server;
let received: IncomingHttpHeaders = {};
let instrumentations: ReturnType<typeof getNodeAutoInstrumentations> = [];
// One server under two names: the first is ours, the second stands for a third party's.
let own: string;
let foreign: string;

beforeAll(async () => {
  await createTestTelemetry();
  // The real instrumentation, and a propagator that carries baggage: what others may have set up.
  process.env.OTEL_NODE_ENABLED_INSTRUMENTATIONS = 'undici';
  instrumentations = getNodeAutoInstrumentations();
  for (const instrumentation of instrumentations) instrumentation.enable();
  propagation.disable();
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }));
  server = createServer((request, response) => {
    received = request.headers;
    if (request.url === '/hangs') return;
    response.writeHead(request.url === '/busy' ? 503 : 200);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { address, port, family } = server.address() as AddressInfo;
  own = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  foreign = `http://localhost:${port}`;
});

beforeEach(() => spans.reset());

afterAll(() => {
  // It listens to the whole process: the next file's requests would get a second `traceparent`.
  for (const instrumentation of instrumentations) instrumentation.disable();
  server.closeAllConnections();
  server.close();
});

function inRequest<T>(run: () => T): T {
  const ids = { requestId: 'req-1', correlationId: 'corr-1' };
  const base = withRequestContext(trace.setSpan(context.active(), span), ids);
  const baggage = propagation.createBaggage({ customer: { value: 'secret' } });
  return context.with(propagation.setBaggage(base, baggage), run);
}

const ownHosts = () => [new URL(own).hostname];
const handedOn = () => {
  const { traceparent, baggage, ...others } = received;
  return {
    trace: traceparent?.slice(3, 35),
    baggage,
    requestId: others['x-request-id'],
    correlationId: others['x-correlation-id'],
  };
};

test('propagates trace and ids to an own host, never baggage', async () => {
  const send = instrumentFetch(fetch, { ownHosts: ownHosts() });
  await inRequest(() => send(`${own}/orders?token=1`));
  expect(handedOn()).toEqual({ trace: traceId, requestId: 'req-1', correlationId: 'corr-1' });
  expect(spans.all()).toHaveLength(1);
  expect(spans.named('GET')[0]?.attributes).toMatchObject({
    'http.request.method': 'GET',
    'url.full': `${own}/orders`,
    'http.response.status_code': 200,
  });
});

test('sends neither trace nor ids to a third party', async () => {
  const send = instrumentFetch(fetch, { ownHosts: ownHosts() });
  await inRequest(() => send(`${foreign}/services/T0/secret`, { method: 'POST', body: 'x' }));
  expect(handedOn()).toEqual({});
  expect(spans.all().map(({ name, attributes }) => [name, attributes['url.full']])).toEqual([
    ['POST', undefined],
  ]);
});

test('sends a third party the trace only, if the predicate allows it', async () => {
  const options = { ownHosts: ownHosts(), isTraced: (url: URL) => url.hostname === 'localhost' };
  await inRequest(() => instrumentFetch(fetch, options)(foreign));
  expect(handedOn()).toEqual({ trace: traceId });
});

test('is needed: the instrumentation alone sends trace and baggage to every host', async () => {
  await inRequest(() => fetch(foreign));
  expect(handedOn()).toEqual({ trace: traceId, baggage: 'customer=secret' });
});

test('recognizes an own host by the end of its name', async () => {
  const send = instrumentFetch(fetch, { ownHosts: ['.example.internal', 'localhost'] });
  await inRequest(() => send(new Request(foreign, { headers: { 'x-request-id': 'mine' } })));
  expect(handedOn()).toMatchObject({ requestId: 'mine', correlationId: 'corr-1' });
});

test.each([
  ['busy', {}, '503'],
  ['hangs', { signal: AbortSignal.timeout(50) }, 'TimeoutError'],
])('records on the span that /%s failed', async (path, init, errorType) => {
  const send = instrumentFetch(fetch, { ownHosts: [] });
  await inRequest(() => send(`${own}/${path}`, init)).catch(() => {});
  expect(spans.all()[0]?.attributes['error.type']).toBe(errorType);
  expect(spans.all()[0]?.status.code).toBe(2);
});
