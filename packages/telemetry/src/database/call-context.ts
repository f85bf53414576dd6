import { context, trace } from '@opentelemetry/api';

export type AnyFunction = (...callArguments: unknown[]) => unknown;

/**
 * Calls the database in the caller's context, but without an unsampled span: the
 * instrumentation of `pg` then ignores the call, which otherwise takes 27 µs a query for a dropped
 * span (docs/telemetry-cost.md).
 */
export function callDatabase(call: AnyFunction, callArguments: readonly unknown[]): unknown {
  const active = context.active();
  const span = trace.getSpan(active);
  if (span === undefined || span.isRecording()) return call(...callArguments);
  return context.with(trace.deleteSpan(active), call, undefined, ...callArguments);
}

/**
 * The same function in the caller's context: a connection calls back in the context in which it was
 * opened, or in that of the request that released it.
 */
export function bindContext(callback: AnyFunction): AnyFunction {
  const active = context.active();
  return (...results) => context.with(active, callback, undefined, ...results);
}

/** Calls a function of `pg` with a callback or for a promise; `end` gets its error, if any. */
export function meterCall(
  call: AnyFunction,
  callArguments: readonly unknown[],
  end: (error: unknown) => void,
): unknown {
  const last = callArguments.at(-1);
  if (typeof last === 'function') {
    const inContext = bindContext(last as AnyFunction);
    const callback: AnyFunction = (...results) => {
      end(results[0]);
      return inContext(...results);
    };
    return callDatabase(call, [...callArguments.slice(0, -1), callback]);
  }
  const result = callDatabase(call, callArguments) as Promise<unknown>;
  return result.then(
    (value) => {
      end(undefined);
      return value;
    },
    (error: unknown) => {
      end(error);
      throw error;
    },
  );
}
