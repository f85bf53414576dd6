// Apart from the start of tracing: a service without it must not load all of OpenTelemetry.
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { processWide } from '../process-wide.ts';
import type { SpanCounts } from './span-pipeline.ts';

export interface Tracing {
  readonly counts: Readonly<SpanCounts>;
  /** Exports the queue, then stops. Never rejects: a dead collector must not end a service. */
  shutdown(): Promise<void>;
}

// The preload and the service may have loaded two copies of this package.
const place = processWide('tracing', (): { active?: Tracing; isContextEnabled?: boolean } => ({}));

export function activeTracing(): Tracing | undefined {
  return place.active;
}

export function setActiveTracing(tracing: Tracing): void {
  place.active = tracing;
}

/**
 * Makes the running context follow asynchronous calls. Logs need it even where tracing is off,
 * because the request's ids travel in the same context.
 */
export function enableContext(): void {
  if (place.isContextEnabled) return;
  place.isContextEnabled = true;
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}
