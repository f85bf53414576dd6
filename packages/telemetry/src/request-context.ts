import {
  type Context,
  context,
  createContextKey,
  INVALID_TRACEID,
  trace,
} from '@opentelemetry/api';

/** What a request carries through all that it causes; lives in the OpenTelemetry context. */
export interface RequestContext {
  readonly requestId: string;
  readonly correlationId: string;
  /** Set once the caller is known. */
  userId?: string;
}

const key = createContextKey('watchkeeper.request');

/** The given context with the request's in it: one binding serves ids, logs and spans. */
export function withRequestContext(base: Context, request: RequestContext): Context {
  return base.setValue(key, request);
}

/** The request that the running code serves, if any. */
export function activeRequest(): RequestContext | undefined {
  return context.active().getValue(key) as RequestContext | undefined;
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
  const fields: Record<string, string> = {};
  const request = base.getValue(key) as RequestContext | undefined;
  if (request !== undefined) {
    fields.request_id = request.requestId;
    fields.correlation_id = request.correlationId;
    if (request.userId !== undefined) fields.user_id = request.userId;
  }
  const spanContext = trace.getSpan(base)?.spanContext();
  // Where tracing is off there is a context all the same, with an id of zeros.
  if (spanContext !== undefined && spanContext.traceId !== INVALID_TRACEID) {
    fields.trace_id = spanContext.traceId;
    fields.span_id = spanContext.spanId;
  }
  return fields;
}
