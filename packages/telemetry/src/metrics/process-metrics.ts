import { totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { libraryMetrics } from '../catalogue/metrics.ts';
import type { TelemetryConfiguration } from '../configuration.ts';
import { activeTracing } from '../tracing/active-tracing.ts';
import type { Metrics } from './metrics.ts';

type LibraryMetrics = Metrics<typeof libraryMetrics>;

/** Sets `build_info`, the memory limit and the event loop's utilization. */
export function collectBuildAndLoop(
  metrics: LibraryMetrics,
  { version, revision }: TelemetryConfiguration,
) {
  metrics.gauge('build_info').set(1, { version, revision, node_version: process.version });
  metrics.gauge('nodejs_memory_limit_bytes').set(memoryLimitBytes());
  metrics.gauge('nodejs_heap_size_limit_bytes').set(getHeapStatistics().heap_size_limit);
  let previous = performance.eventLoopUtilization();
  const utilization = metrics.gauge('nodejs_eventloop_utilization_ratio');
  utilization.collect(() => {
    const current = performance.eventLoopUtilization();
    utilization.set(performance.eventLoopUtilization(current, previous).utilization);
    previous = current;
  });
}

/**
 * Resolves once Node has recorded the event loop's current delay. A scrape that waited for a blocked
 * loop runs before the timer that measures the delay, and reading the delay resets it: the longer the
 * block, the more of it would be lost.
 */
export function waitForEventLoopDelaySample(): Promise<void> {
  return new Promise((resolve) => {
    // All due timers run first, in any order; the second step waits for them.
    setTimeout(() => setImmediate(resolve), 1);
  });
}

/** The container's limit; without one the kernel reports more than any machine has. */
function memoryLimitBytes(): number {
  const limitBytes = process.constrainedMemory();
  return limitBytes < totalmem() ? limitBytes : 0;
}

export function collectSpanLosses(metrics: LibraryMetrics): void {
  const losses = [
    [metrics.counter('telemetry_spans_dropped_total'), 'dropped'],
    [metrics.counter('telemetry_export_failures_total'), 'exportFailures'],
  ] as const;
  for (const [counter, loss] of losses) {
    let reported = 0;
    // Initialized, so that the first loss is seen as an increase.
    counter.add(0);
    counter.collect(() => {
      const count = activeTracing()?.counts[loss] ?? 0;
      counter.add(count - reported);
      reported = count;
    });
  }
}
