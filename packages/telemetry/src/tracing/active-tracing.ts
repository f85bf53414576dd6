// Apart from the start of tracing: a service without it must not load all of OpenTelemetry.
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { SpanCounts } from './span-pipeline.ts';

export interface Tracing {
  readonly counts: Readonly<SpanCounts>;
  /** Exports the queue, then stops. Never rejects: a dead collector must not end a service. */
  shutdown(): Promise<void>;
}

let active: Tracing | undefined;
let isContextEnabled = false;

export function activeTracing(): Tracing | undefined {
  return active;
}

export function setActiveTracing(tracing: Tracing): void {
  active = tracing;
}

/**
 * Makes the running context follow asynchronous calls. Logs need it even where tracing is off,
 * because the request's ids travel in the same context.
 */
export function enableContext(): void {
  if (isContextEnabled) return;
  isContextEnabled = true;
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}
