import type { libraryMetrics } from '../catalogue/metrics.ts';
import type { LogEventCatalogue } from '../catalogue/types.ts';
import type { Metrics } from '../metrics/metrics.ts';

const troubleLevels = ['warn', 'error', 'fatal'] as const;

/** What is counted of the lines that a service writes. */
export interface LineCounts {
  /** @param event the line's, if it has one */
  count(level: string, event?: unknown): void;
  /** Makes the series of what tells of trouble, so that the first time is seen as an increase. */
  declare(catalogue: LogEventCatalogue): void;
}

/** Counts lines by level, and those that tell of trouble by event as well. */
export function createLineCounts(metrics: Metrics<typeof libraryMetrics>): LineCounts {
  const lines = metrics.counter('log_lines_total');
  const trouble = metrics.counter('log_trouble_lines_total');
  const infoLines = lines.series({ level: 'info' });
  for (const level of troubleLevels) lines.add(0, { level });
  return {
    count(level, event) {
      if (level === 'info') return infoLines.add(1);
      lines.increment({ level: level as 'warn' });
      if (isTrouble(level)) {
        trouble.increment({ event: typeof event === 'string' ? event : 'unnamed' });
      }
    },
    declare(catalogue) {
      for (const [event, { level }] of Object.entries(catalogue)) {
        if (isTrouble(level)) trouble.add(0, { event });
      }
    },
  };
}

function isTrouble(level: string): boolean {
  return troubleLevels.some((each) => each === level);
}
