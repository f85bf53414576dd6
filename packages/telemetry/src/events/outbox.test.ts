import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test } from '@jest/globals';
import { context, propagation, trace } from '@opentelemetry/api';
import {
  type EventContext,
  type HandledEvent,
  instrumentHandler,
  instrumentPublisher,
  watchOutbox,
  watchWebhooks,
} from '../index.ts';
import { withRequestContext } from '../request-context.ts';
import { startTestTracing } from '../testing/spans.ts';
import { createTestTelemetry, type TestTelemetry } from '../testing/test-telemetry.ts';

interface OrderEvent {
  readonly type: string;
  readonly orderId: number;
  readonly context?: EventContext;
}

const spans = startTestTracing();
const tracer = trace.getTracer('test');
let service: TestTelemetry;

beforeEach(async () => {
  spans.reset();
  service = await createTestTelemetry();
});

/** An outbox as a table would be: what goes in comes out as text did. */
function createOutbox() {
  const rows: string[] = [];
  const publish = instrumentPublisher(
    async (event: OrderEvent) => rows.push(JSON.stringify(event)),
    service.telemetry,
  );
  const take = (): OrderEvent => JSON.parse(rows.shift() ?? '');
  return { rows, publish, take };
}

/** Runs `run` as a request does: with a span, ids, and baggage from the caller. */
async function inRequest<T>(run: () => Promise<T>): Promise<T> {
  const span = tracer.startSpan('request');
  const ids = { requestId: 'req-1', correlationId: 'corr-1' };
  const baggage = propagation.createBaggage({ customer: { value: 'secret' } });
  const traced = withRequestContext(trace.setSpan(context.active(), span), ids);
  try {
    return await context.with(propagation.setBaggage(traced, baggage), run);
  } finally {
    span.end();
  }
}

const metricLines = async () => (await service.telemetry.renderMetrics()).split('\n');

test('links the handling of an event to its publishing, and keeps its ids', async () => {
  const { publish, take } = createOutbox();
  await inRequest(() => publish({ type: 'order.created', orderId: 1 }));
  const handle = instrumentHandler(
    async ({ orderId }: OrderEvent) => {
      service.telemetry.logger.info({ event: 'order_seen', order_id: orderId }, 'order seen');
      return orderId;
    },
    service.telemetry,
    { name: 'analytics' },
  );
  expect(await handle(take())).toBe(1);

  const [publishing] = spans.named('publish order.created');
  const [handling] = spans.named('process order.created');
  const [request] = spans.named('request');
  expect(publishing?.spanContext().traceId).toBe(request?.spanContext().traceId);
  expect(handling?.links.map(({ context: { traceId, spanId } }) => ({ traceId, spanId }))).toEqual([
    { traceId: publishing?.spanContext().traceId, spanId: publishing?.spanContext().spanId },
  ]);
  expect(handling?.parentSpanContext).toBeUndefined();
  expect(service.linesOf('order_seen')[0]).toMatchObject({
    trace_id: handling?.spanContext().traceId,
    request_id: 'req-1',
    correlation_id: 'corr-1',
  });
});

test('stores ids and trace context with the event, and no baggage', async () => {
  const { publish, rows } = createOutbox();
  await inRequest(() => publish({ type: 'order.created', orderId: 1 }));
  expect(JSON.parse(rows[0] ?? '').context).toEqual({
    traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
    request_id: 'req-1',
    correlation_id: 'corr-1',
  });
  expect(rows[0]).not.toContain('secret');
});

test('counts an event once it is stored, and not when storing failed', async () => {
  const { publish } = createOutbox();
  await publish({ type: 'order.created', orderId: 1 });
  const failing = instrumentPublisher(async (_event: OrderEvent) => {
    throw new Error('unique violation');
  }, service.telemetry);
  await expect(failing({ type: 'order.created', orderId: 1 })).rejects.toThrow('unique violation');
  expect(await metricLines()).toContain('events_published_total{event_type="order.created"} 1');
  expect(spans.named('publish order.created')[1]?.attributes['error.type']).toBe('Error');
});

test('handles an event from before there was a context', async () => {
  const handle = instrumentHandler(
    async (_event: HandledEvent) => {
      service.telemetry.logger.info({ event: 'order_seen' }, 'order seen');
    },
    service.telemetry,
    { name: 'analytics' },
  );
  await inRequest(() => handle({ type: 'order.created', context: null }));
  expect(spans.named('process order.created')[0]?.links).toEqual([]);
  // The poller's ids are not those of the event.
  expect(service.linesOf('order_seen')[0]).not.toHaveProperty('request_id');
  const labels = 'event_type="order.created",handler="analytics"';
  const lines = await metricLines();
  expect(lines).toContain(`events_processed_total{${labels},result="success"} 1`);
  // There before the first failure, which is then seen as an increase.
  expect(lines).toContain(`events_processed_total{${labels},result="error"} 0`);
});

test('records a failed handler on metric, span and line, and throws on', async () => {
  const handle = instrumentHandler(
    async (_event: HandledEvent) => {
      throw new RangeError('out of stock');
    },
    service.telemetry,
    { name: 'stock' },
  );
  const event = { id: 7, type: 'order.created', attempt: 2 };
  await expect(handle(event)).rejects.toThrow('out of stock');
  const [span] = spans.named('process order.created');
  expect(service.linesOf('outbox_event_failed')).toEqual([
    expect.objectContaining({
      event_id: 7,
      event_type: 'order.created',
      handler: 'stock',
      attempt: 2,
      trace_id: span?.spanContext().traceId,
      err: expect.objectContaining({ type: 'RangeError' }),
    }),
  ]);
  expect(span?.attributes['error.type']).toBe('RangeError');
  const labels = 'event_type="order.created",handler="stock"';
  const lines = await metricLines();
  expect(lines).toContain(`events_processed_total{${labels},result="error"} 1`);
  expect(lines).toContain('errors_total{error_type="RangeError",error_code="event_handler"} 1');
  expect(lines.join('\n')).toContain(`trace_id="${span?.spanContext().traceId}"`);
});

test('keeps the figures of a backlog fresh, beside the scrapes', async () => {
  let pending = 3;
  const read = async () => ({ pending, oldestAgeSeconds: pending * 2 });
  const watch = watchOutbox(read, service.telemetry, { intervalMs: 5 });
  watchWebhooks(async () => pending, service.telemetry, { intervalMs: 5 });
  await sleep(10);
  expect(await metricLines()).toContain('event_outbox_pending 3');
  pending = 4;
  await sleep(30);
  const lines = await metricLines();
  expect(lines).toContain('event_outbox_pending 4');
  expect(lines).toContain('event_outbox_oldest_age_seconds 8');
  expect(lines).toContain('webhook_pending 4');
  await watch.stop();
  await service.telemetry.shutdown.run('test');
  pending = 5;
  await sleep(20);
  expect(await metricLines()).toContain('event_outbox_pending 4');
});

test('logs once that a backlog cannot be read', async () => {
  const read = () => Promise.reject(new Error('connection refused'));
  const watch = watchOutbox(read, service.telemetry, { intervalMs: 2 });
  await sleep(30);
  await watch.stop();
  expect(service.linesOf('backlog_watch_failed')).toEqual([
    expect.objectContaining({ level: 'warn', backlog: 'outbox' }),
  ]);
});
