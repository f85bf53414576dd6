import { beforeEach, expect, test } from '@jest/globals';
import { instrumentWebhookSender, type WebhookDelivery } from '../index.ts';
import { startTestTracing } from '../testing/spans.ts';
import { createTestTelemetry, type TestTelemetry } from '../testing/test-telemetry.ts';

const spans = startTestTracing();
const delivery = { id: 'd-1', eventType: 'order.created', attempt: 3 };
let service: TestTelemetry;

beforeEach(async () => {
  spans.reset();
  service = await createTestTelemetry();
});

const metricLines = async () => (await service.telemetry.renderMetrics()).split('\n');
const countOf = (result: string) =>
  `webhook_deliveries_total{event_type="order.created",result="${result}"} 1`;

test('measures a delivery and returns the answer of the sender', async () => {
  const send = async (_delivery: WebhookDelivery, url: string) => new Response(url);
  const answer = await instrumentWebhookSender(send, service.telemetry)(delivery, 'http://x');
  expect(await answer.text()).toBe('http://x');
  const lines = await metricLines();
  expect(lines).toContain(countOf('success'));
  // There before the first failure, which is then seen as an increase.
  expect(lines).toContain(countOf('error').replace(/ 1$/, ' 0'));
  expect(lines).toContain(countOf('timeout').replace(/ 1$/, ' 0'));
  expect(lines).toContain('webhook_delivery_duration_seconds_count 1');
  expect(spans.named('deliver webhook')[0]?.attributes).toEqual({
    'webhook.event_type': 'order.created',
  });
  expect(service.lines).toEqual([]);
});

test.each<[string, () => Promise<unknown>, string, object]>([
  [
    'an answer of 500',
    async () => new Response('', { status: 500 }),
    'error',
    { status_code: 500, err: expect.objectContaining({ type: 'WebhookRefused' }) },
  ],
  [
    'a receiver that is late',
    async () => {
      throw new DOMException('too late', 'TimeoutError');
    },
    'timeout',
    { err: expect.objectContaining({ type: 'TimeoutError' }) },
  ],
  [
    'a broken connection',
    async () => {
      throw new TypeError('fetch failed');
    },
    'error',
    { err: expect.objectContaining({ type: 'TypeError' }) },
  ],
])('records %s on metric, span and line', async (_name, answer, result, fields) => {
  const send = instrumentWebhookSender(answer as () => Promise<unknown>, service.telemetry);
  await (send as (delivery: WebhookDelivery) => Promise<unknown>)(delivery).catch(() => {});
  const [span] = spans.named('deliver webhook');
  expect(await metricLines()).toContain(countOf(result));
  expect(span?.status.code).toBe(2);
  expect(service.linesOf('webhook_delivery_failed')).toEqual([
    expect.objectContaining({
      level: 'warn',
      ...{ delivery_id: 'd-1', event_type: 'order.created', attempt: 3, result },
      trace_id: span?.spanContext().traceId,
      ...fields,
    }),
  ]);
});
