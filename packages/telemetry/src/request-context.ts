import {
  type Context,
  context,
  createContextKey,
  INVALID_TRACEID,
  type SpanContext,
  trace,
} from '@opentelemetry/api';

/** What a request carries through all that it causes; lives in the OpenTelemetry context. */
export interface RequestContext {
  readonly requestId: string;
  readonly correlationId: string;
  /** Set once the caller is known. */
  userId?: string;
}

/** Where a context has its request. */
export const requestKey = createContextKey('watchkeeper.request');

/** The given context with a request's in it. */
export function withRequestContext(base: Context, request: RequestContext): Context {
  return base.setValue(requestKey, request);
}

/** The request that the running code serves, if any. */
export function activeRequest(): RequestContext | undefined {
  return context.active().getValue(requestKey) as RequestContext | undefined;
}

/** Remembers who is asking, for every log line that follows in this request. */
export function setRequestUser(userId: string): void {
  const request = activeRequest();
  if (request !== undefined) request.userId = userId;
}

/** The id of the active trace if it is sampled: only such an id leads somewhere. */
export function sampledTraceId(): string | undefined {
  const spanContext = trace.getActiveSpan()?.spanContext();
  if (spanContext === undefined || (spanContext.traceFlags & 1) === 0) return undefined;
  return spanContext.traceId;
}

/** The fields that tie a log line to its request and trace. */
export function correlationFields(base: Context = context.active()): Record<string, string> {
  return idFields({
    ids: base.getValue(requestKey) as RequestContext | undefined,
    spanContext: trace.getSpan(base)?.spanContext(),
  });
}

/** The ids of a request and of a span as a log line has them; what is not there is left out. */
export function idFields({
  ids,
  spanContext,
}: {
  readonly ids: RequestContext | undefined;
  readonly spanContext: SpanContext | undefined;
}): Record<string, string> {
  const fields: Record<string, string> = {};
  if (ids !== undefined) {
    fields.request_id = ids.requestId;
    fields.correlation_id = ids.correlationId;
    if (ids.userId !== undefined) fields.user_id = ids.userId;
  }
  // Where tracing is off there is a context all the same, with an id of zeros.
  if (spanContext !== undefined && spanContext.traceId !== INVALID_TRACEID) {
    fields.trace_id = spanContext.traceId;
    fields.span_id = spanContext.spanId;
  }
  return fields;
}
