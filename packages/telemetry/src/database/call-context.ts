import { context, trace } from '@opentelemetry/api';

/** A function of `pg` or for it, whichever of its forms. */
export type AnyFunction = (...callArguments: unknown[]) => unknown;

/**
 * Calls the database in the caller's context, but without its span where that is not sampled: so the
 * instrumentation of `pg` leaves the call alone. Else it takes 27 µs a query for a span that nobody
 * will see (docs/telemetry-cost.md).
 */
export function callDatabase(call: AnyFunction, callArguments: readonly unknown[]): unknown {
  const active = context.active();
  const span = trace.getSpan(active);
  if (span === undefined || span.isRecording()) return call(...callArguments);
  return context.with(trace.deleteSpan(active), call, undefined, ...callArguments);
}

/**
 * The same function, in the context of whoever asks now: a connection calls back in the context in
 * which it was opened, or in that of the request that gave it back.
 */
export function bindContext(callback: AnyFunction): AnyFunction {
  const active = context.active();
  return (...results) => context.with(active, callback, undefined, ...results);
}
