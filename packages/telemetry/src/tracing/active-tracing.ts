// Apart from what starts tracing: a service without it must not load all of OpenTelemetry.
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { SpanCounts } from './span-pipeline.ts';

/** Tracing as it runs in this process. */
export interface Tracing {
  readonly counts: Readonly<SpanCounts>;
  /** Sends what is queued, then stops. Never rejects: a dead collector must not end a service. */
  shutdown(): Promise<void>;
}

let active: Tracing | undefined;
let isContextEnabled = false;

/** The tracing that the preload started, if it did. */
export function activeTracing(): Tracing | undefined {
  return active;
}

/** Remembers the tracing of this process for its metrics and its shutdown. */
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
