import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';

/** Where something came from, as it is stored; never holds baggage. */
export interface StoredTrace {
  readonly traceparent?: string;
  readonly tracestate?: string;
}

/** The trace of the running code, to be stored with what it leaves for later. */
export function currentTrace(): StoredTrace {
  const { traceparent, tracestate } = carry();
  return {
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(tracestate === undefined ? {} : { tracestate }),
  };
}

function carry(): StoredTrace {
  const carrier: StoredTrace = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

/** Runs `work` as a part of the trace that was stored. */
export function inTrace<T>(stored: StoredTrace, work: () => T): T {
  return context.with(propagation.extract(ROOT_CONTEXT, stored), work);
}
