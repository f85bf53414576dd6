import { type Context, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { type RequestContext, requestKey } from './request-context.ts';

/** The context of a request: its caller's, with its span and its ids. */
interface Scope extends Context {
  readonly outer: Context;
  readonly span: Span;
  readonly request: RequestContext;
  /** The same as an ordinary context, for callers that add to it. */
  full: Context | undefined;
}

/** OpenTelemetry's key of the active span, which it only reveals to a context that stores it. */
function findSpanKey(): symbol {
  let found: symbol | undefined;
  const listening: Context = {
    getValue: () => undefined,
    deleteValue: () => listening,
    setValue(key) {
      found = key;
      return listening;
    },
  };
  trace.setSpanContext(listening, { traceId: '', spanId: '', traceFlags: 0 });
  if (found === undefined) throw new TypeError('Expected OpenTelemetry to set a span, it did not.');
  return found;
}

const spanKey = findSpanKey();

function fullOf(scope: Scope): Context {
  scope.full ??= trace.setSpan(scope.outer, scope.span).setValue(requestKey, scope.request);
  return scope.full;
}

// OpenTelemetry's own contexts copy a map for each value that is set; this one is made of two
// values at once, for every request, and most requests never add another.
const scopePrototype = {
  getValue(this: Scope, key: symbol): unknown {
    if (key === requestKey) return this.request;
    return key === spanKey ? this.span : this.outer.getValue(key);
  },
  setValue(this: Scope, key: symbol, value: unknown): Context {
    return fullOf(this).setValue(key, value);
  },
  deleteValue(this: Scope, key: symbol): Context {
    return fullOf(this).deleteValue(key);
  },
};

/** `outer` with the span and the request in it: one binding serves ids, logs and spans. */
export function createRequestScope(
  request: RequestContext,
  span: Span,
  outer: Context = ROOT_CONTEXT,
): Context {
  return { __proto__: scopePrototype, outer, span, request, full: undefined } as unknown as Context;
}
