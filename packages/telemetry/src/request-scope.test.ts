import { expect, test } from '@jest/globals';
import { createContextKey, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { activeIds, idText } from './logging/ids.ts';
import { createRequestScope } from './request-scope.ts';

const spanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
const span = trace.wrapSpanContext(spanContext);
const ids = { requestId: 'r-1', correlationId: 'c-1' };
const text =
  `,"request_id":"r-1","correlation_id":"c-1"` +
  `,"trace_id":"${spanContext.traceId}","span_id":"${spanContext.spanId}"`;
const key = createContextKey('of somebody else');

test('has the span, the request and all that was there before', () => {
  const scope = createRequestScope(ids, span, ROOT_CONTEXT.setValue(key, 'before'));
  expect(trace.getSpan(scope)).toBe(span);
  expect(idText(activeIds(scope))).toBe(text);
  expect(scope.getValue(key)).toBe('before');
});

test('stays as it is when a value is set or deleted in it', () => {
  const scope = createRequestScope(ids, span);
  const further = scope.setValue(key, 'set');
  expect([scope.getValue(key), further.getValue(key)]).toEqual([undefined, 'set']);
  expect(idText(activeIds(further))).toBe(text);
  expect(trace.getSpan(trace.deleteSpan(scope))).toBeUndefined();
  expect(trace.getSpan(scope)).toBe(span);
});
