import type { EnvironmentReader } from '@watchkeeper/telemetry';

/** What the traffic needs to know beside the shared telemetry configuration. */
export interface Configuration {
  /** The public address of the api. */
  readonly targetUrl: string;
  /** Visits of customers that begin each second. */
  readonly ratePerSecond: number;
  /** The same seed makes the same choices, visit by visit. */
  readonly seed: number;
  /** Share of visits that do something wrong on purpose, 0 to 1. */
  readonly wrongShare: number;
  readonly timeoutMs: number;
  readonly maxInFlight: number;
}

/** The most visits a second that one process begins. */
export const maxRatePerSecond = 1_000;

/** Reads the traffic's own variables; faults stay in the reader. */
export function readConfiguration(reader: EnvironmentReader): Configuration {
  return {
    targetUrl: reader.url('TARGET_URL', 'http://127.0.0.1:3000').replace(/\/+$/, ''),
    ratePerSecond: reader.number('TRAFFIC_RATE', { fallback: 2, min: 0, max: maxRatePerSecond }),
    seed: reader.integer('TRAFFIC_SEED', { fallback: 1, min: 0, max: 0xffff_ffff }),
    wrongShare: reader.number('TRAFFIC_WRONG_SHARE', { fallback: 0.1, min: 0, max: 1 }),
    // Longer than any answer that a person would wait for.
    timeoutMs: reader.integer('TRAFFIC_TIMEOUT_MS', { fallback: 5_000, min: 10, max: 60_000 }),
    maxInFlight: reader.integer('TRAFFIC_MAX_IN_FLIGHT', { fallback: 500, min: 1, max: 10_000 }),
  };
}
