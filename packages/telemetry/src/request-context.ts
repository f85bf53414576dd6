import { type Context, context, createContextKey, trace } from '@opentelemetry/api';

/** The ids of a request; kept in the OpenTelemetry context. */
export interface RequestContext {
  readonly requestId: string;
  readonly correlationId: string;
  /** Set once the caller is known. */
  userId?: string;
}

export const requestKey = createContextKey('watchkeeper.request');

export function withRequestContext(base: Context, request: RequestContext): Context {
  return base.setValue(requestKey, request);
}

export function activeRequest(): RequestContext | undefined {
  return context.active().getValue(requestKey) as RequestContext | undefined;
}

/** Adds `user_id` to every later log line of this request. */
export function setRequestUser(userId: string): void {
  const request = activeRequest();
  if (request !== undefined) request.userId = userId;
}

/** The trace id of a span if it is sampled: only then the trace can be found. */
export function sampledTraceId(span = trace.getActiveSpan()): string | undefined {
  const spanContext = span?.spanContext();
  if (spanContext === undefined || (spanContext.traceFlags & 1) === 0) return undefined;
  return spanContext.traceId;
}
