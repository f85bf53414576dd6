import type { Metrics, Telemetry } from '@watchkeeper/telemetry';
import type { trafficMetrics } from './catalogue.ts';
import type { Configuration } from './config.ts';
import type { ThrottledLog } from './throttled-log.ts';

/** Shared by all parts of the traffic. */
export interface Common {
  readonly configuration: Configuration;
  readonly telemetry: Telemetry;
  readonly metrics: Metrics<typeof trafficMetrics>;
  readonly log: ThrottledLog;
  readonly newId: () => string;
  /** Aborted when the process ends. */
  readonly signal: AbortSignal;
  /** Whether the rate is above zero. */
  readonly isOpen: () => boolean;
  /** Milliseconds on a steady clock. */
  readonly now: () => number;
}
