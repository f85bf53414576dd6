import { type Context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import {
  currentTraceContext,
  extractTraceContext,
  type TraceContext,
} from '../operations/trace-context.ts';
import { activeRequest, withRequestContext } from '../request-context.ts';

/** The origin of an event, stored with it, say in a `jsonb` column. Never holds baggage. */
export interface EventContext extends TraceContext {
  readonly request_id?: string;
  readonly correlation_id?: string;
}

export function currentEventContext(): EventContext {
  const request = activeRequest();
  if (request === undefined) return currentTraceContext();
  const ids = { request_id: request.requestId, correlation_id: request.correlationId };
  return { ...currentTraceContext(), ...ids };
}

/** The context for handling an event: its own ids, none of the polling code's. */
export function eventContext(stored: EventContext): Context {
  const { request_id: requestId, correlation_id: correlationId = requestId } = stored;
  if (requestId === undefined || correlationId === undefined) return ROOT_CONTEXT;
  return withRequestContext(ROOT_CONTEXT, { requestId, correlationId });
}

/** A link to the publishing span; none if it was not traced. */
export function publisherLinks(stored: EventContext) {
  const publisher = trace.getSpanContext(extractTraceContext(stored, ROOT_CONTEXT));
  return publisher === undefined ? [] : [{ context: publisher }];
}
