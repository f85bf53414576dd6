import { totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';
import type { libraryMetrics } from '../catalogue/metrics.ts';
import type { TelemetryConfiguration } from '../configuration.ts';
import { activeTracing } from '../tracing/active-tracing.ts';
import type { Metrics } from './metrics.ts';

type LibraryMetrics = Metrics<typeof libraryMetrics>;

/** What is running, how much memory it may take and how busy its event loop is. */
export function collectBuildAndLoop(
  metrics: LibraryMetrics,
  { version, revision }: TelemetryConfiguration,
) {
  metrics.gauge('build_info').set(1, { version, revision, node_version: process.version });
  metrics.gauge('nodejs_memory_limit_bytes').set(memoryLimitBytes());
  let previous = performance.eventLoopUtilization();
  const utilization = metrics.gauge('nodejs_eventloop_utilization_ratio');
  utilization.collect(() => {
    const current = performance.eventLoopUtilization();
    utilization.set(performance.eventLoopUtilization(current, previous).utilization);
    previous = current;
  });
}

/**
 * Resolves once Node has noted how late its event loop was. A scrape that waited for a blocked loop is
 * read before the timer that measures the delay, and reading the delay forgets what is under way: the
 * block would be lost, and the more so the longer it is.
 */
export function waitForEventLoopDelaySample(): Promise<void> {
  return new Promise((resolve) => {
    // All timers that are due run before it, in whichever order: that is what the second step is for.
    setTimeout(() => setImmediate(resolve), 1);
  });
}

/** The container's limit; without one the kernel names a number beyond any machine. */
function memoryLimitBytes(): number {
  const limitBytes = process.constrainedMemory();
  return limitBytes < totalmem() ? limitBytes : 0;
}

/** What the tracing lost, as far as it can tell. */
export function collectSpanLosses(metrics: LibraryMetrics): void {
  const losses = [
    [metrics.counter('telemetry_spans_dropped_total'), 'dropped'],
    [metrics.counter('telemetry_export_failures_total'), 'exportFailures'],
  ] as const;
  for (const [counter, loss] of losses) {
    let reported = 0;
    // Makes the series exist, so that its first increase is seen as one.
    counter.add(0);
    counter.collect(() => {
      const count = activeTracing()?.counts[loss] ?? 0;
      counter.add(count - reported);
      reported = count;
    });
  }
}
