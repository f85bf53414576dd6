import type { libraryMetrics } from '../catalogue/metrics.ts';
import type { LogEventCatalogue } from '../catalogue/types.ts';
import type { Metrics } from '../metrics/metrics.ts';

const problemLevels = ['warn', 'error', 'fatal'] as const;

/** Counts lines by level, and lines at `warn` and above by event as well. */
export function createLineCounts(metrics: Metrics<typeof libraryMetrics>) {
  const lines = metrics.counter('log_lines_total');
  const problems = metrics.counter('log_problem_events_total');
  const infoLines = lines.series({ level: 'info' });
  for (const level of problemLevels) lines.add(0, { level });
  return {
    /** @param event the line's, if it has one */
    count(level: string, event?: unknown): void {
      if (level === 'info') infoLines.add(1);
      else lines.increment({ level: level as 'warn' });
      if (isProblem(level)) {
        problems.increment({ event: typeof event === 'string' ? event : 'unnamed' });
      }
    },
    /** Creates the series of problem events, so that the first occurrence is seen as an increase. */
    declare(catalogue: LogEventCatalogue): void {
      for (const [event, { level }] of Object.entries(catalogue)) {
        if (isProblem(level)) problems.add(0, { event });
      }
    },
  };
}

function isProblem(level: string): boolean {
  return problemLevels.some((each) => each === level);
}
