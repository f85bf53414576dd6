import { propagation, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  ParentBasedSampler,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';

/** Spans of a test, all sampled and kept in memory. */
export interface TestSpans {
  reset(): void;
  all(): readonly ReadableSpan[];
  /** The spans of one name, in the order in which they ended. */
  named(name: string): readonly ReadableSpan[];
}

/** Starts tracing for a test file; the global provider can be set only once in a process. */
export function startTestTracing(): TestSpans {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(
    new TracerProvider({
      sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
      spanProcessors: [new SimpleSpanProcessor({ exporter })],
    }),
  );
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return {
    reset: () => exporter.reset(),
    all: () => exporter.getFinishedSpans(),
    named: (name) => exporter.getFinishedSpans().filter((span) => span.name === name),
  };
}
