import { type Context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import {
  currentTraceContext,
  extractTraceContext,
  type TraceContext,
} from '../operations/trace-context.ts';
import { activeRequest, withRequestContext } from '../request-context.ts';

/**
 * What an event remembers of where it came from: plain text by name, to be stored with the event,
 * in a `jsonb` column say. Never holds baggage.
 */
export interface EventContext extends TraceContext {
  readonly request_id?: string;
  readonly correlation_id?: string;
}

/** The context of the running code as an event stores it. */
export function currentEventContext(): EventContext {
  const request = activeRequest();
  if (request === undefined) return currentTraceContext();
  const ids = { request_id: request.requestId, correlation_id: request.correlationId };
  return { ...currentTraceContext(), ...ids };
}

/** The context in which an event is handled: its ids, and none of whoever happens to poll. */
export function eventContext(stored: EventContext): Context {
  const { request_id: requestId, correlation_id: correlationId = requestId } = stored;
  if (requestId === undefined || correlationId === undefined) return ROOT_CONTEXT;
  return withRequestContext(ROOT_CONTEXT, { requestId, correlationId });
}

/** A link to the span that published an event; none where nothing was traced. */
export function publisherLinks(stored: EventContext) {
  const publisher = trace.getSpanContext(extractTraceContext(stored, ROOT_CONTEXT));
  return publisher === undefined ? [] : [{ context: publisher }];
}
