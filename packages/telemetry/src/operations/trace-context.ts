import type { IncomingHttpHeaders } from 'node:http';
import {
  type Context,
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  type Link,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

/** The trace context inside a message or a stored event. Never holds baggage. */
export interface TraceContext {
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

// Not the global propagator: it may be configured to carry baggage, which may be personal.
const propagator = new W3CTraceContextPropagator();

/** The trace context of the active span for a message or a stored row; empty if there is no span. */
export function currentTraceContext(base: Context = context.active()): Record<string, string> {
  const carrier: Record<string, string> = {};
  propagator.inject(base, carrier, defaultTextMapSetter);
  return carrier;
}

/** `base` with the remote span from `carrier`. */
export function extractTraceContext(
  carrier: TraceContext | IncomingHttpHeaders,
  base: Context = context.active(),
): Context {
  return propagator.extract(base, carrier, defaultTextMapGetter);
}

/** Where the span of a stranger's request begins: a trace of its own, with a link to theirs. */
export function linkTo(carrier: TraceContext | IncomingHttpHeaders): Link[] {
  const claimed = trace.getSpanContext(extractTraceContext(carrier, ROOT_CONTEXT));
  return claimed === undefined ? [] : [{ context: claimed }];
}

/** Runs `run` as part of the trace in `carrier`, and of nothing else. */
export function runInTraceContext<T>(carrier: TraceContext, run: () => T): T {
  return context.with(extractTraceContext(carrier, ROOT_CONTEXT), run);
}
