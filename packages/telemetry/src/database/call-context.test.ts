import { expect, test } from '@jest/globals';
import { context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { startTestTracing } from '../testing/spans.ts';
import { enableContext } from '../tracing/active-tracing.ts';
import { bindContext, callDatabase } from './call-context.ts';

startTestTracing();
enableContext();

const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const unsampled = trace.setSpanContext(ROOT_CONTEXT, { ...ids, traceFlags: TraceFlags.NONE });
const spanSeenBy = () => trace.getActiveSpan()?.spanContext().spanId;

test('hides an unsampled span from the call only', () => {
  context.with(unsampled, () => {
    expect(callDatabase((...received) => [spanSeenBy(), received], [1, 2])).toEqual([
      undefined,
      [1, 2],
    ]);
    expect(spanSeenBy()).toBe(ids.spanId);
  });
});

test('leaves a span that is sampled where it is', () => {
  const span = trace.getTracer('test').startSpan('request');
  context.with(trace.setSpan(ROOT_CONTEXT, span), () => {
    expect(callDatabase(spanSeenBy, [])).toBe(span.spanContext().spanId);
  });
});

test('calls back in the context of the caller', () => {
  const callback = context.with(unsampled, () => bindContext((value) => [spanSeenBy(), value]));
  expect(callback('row')).toEqual([ids.spanId, 'row']);
});
