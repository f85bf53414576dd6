import {
  type Context,
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

/** The trace context as it travels inside a message or a stored event. Never holds baggage. */
export interface TraceContext {
  readonly traceparent?: string;
  readonly tracestate?: string;
}

// Not the global propagator: that one may have been told to carry baggage, which may be personal.
const propagator = new W3CTraceContextPropagator();

/** The context of the active span, to be handed on; empty where there is none. */
export function currentTraceContext(base: Context = context.active()): TraceContext {
  const carrier: Record<string, string> = {};
  propagator.inject(base, carrier, defaultTextMapSetter);
  return carrier;
}

/** `base` with the span that `carrier` tells of as its remote span. */
export function contextOf(carrier: TraceContext, base: Context = context.active()): Context {
  return propagator.extract(base, carrier, defaultTextMapGetter);
}
