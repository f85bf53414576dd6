import {
  type Context,
  context,
  INVALID_TRACEID,
  type SpanContext,
  trace,
} from '@opentelemetry/api';
import { type RequestContext, requestKey } from '../request-context.ts';

/** What a line is about: its request, its trace. */
export interface LineIds {
  readonly ids: RequestContext | undefined;
  readonly spanContext: SpanContext | undefined;
}

/** The ids of the active context. */
export function activeIds(active: Context = context.active()): LineIds {
  const spanContext = trace.getSpan(active)?.spanContext();
  return {
    ids: active.getValue(requestKey) as RequestContext | undefined,
    // With tracing off there is still a span context, with an id of zeros.
    spanContext: spanContext?.traceId === INVALID_TRACEID ? undefined : spanContext,
  };
}

/** As JSON, to follow other fields; but for a user's, the HTTP middleware refuses ids to escape. */
export function idText({ ids, spanContext }: LineIds): string {
  let text = '';
  if (ids !== undefined) {
    text = `,"request_id":"${ids.requestId}","correlation_id":"${ids.correlationId}"`;
    if (ids.userId !== undefined) text += `,"user_id":${JSON.stringify(ids.userId)}`;
  }
  if (spanContext !== undefined && spanContext.traceId !== INVALID_TRACEID) {
    text += `,"trace_id":"${spanContext.traceId}","span_id":"${spanContext.spanId}"`;
  }
  return text;
}

/** The id of this name, if the logger itself writes one. */
export function ownedId({ ids, spanContext }: LineIds, name: string): string | undefined {
  switch (name) {
    case 'request_id':
      return ids?.requestId;
    case 'correlation_id':
      return ids?.correlationId;
    case 'user_id':
      return ids?.userId;
    case 'trace_id':
      return spanContext?.traceId;
    default:
      return spanContext?.spanId;
  }
}
