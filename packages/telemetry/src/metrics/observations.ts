import { finiteNumber } from './finite-number.ts';

/** prom-client's record of one series of a histogram. */
export interface HistogramRecord {
  readonly labels: Readonly<Record<string, string>>;
  sum: number;
  count: number;
  readonly bucketValues: Record<string, number>;
  readonly bucketExemplars?: Record<string, unknown>;
}

// prom-client's key for observations above the last bound.
const aboveAllBounds = -1;

/**
 * Observations are counted by the index of their bucket and copied into prom-client's record before
 * a scrape: prom-client itself would build a string key for each observation.
 */
export function createObservations(
  record: HistogramRecord,
  buckets: readonly number[],
  refuseValue: () => void,
) {
  const bounds = [...buckets, aboveAllBounds];
  const counts = bounds.map(() => 0);
  const latest: (object | undefined)[] = bounds.map(() => undefined);
  return {
    observe(observed: number, traceId?: string): void {
      const value = Number.isFinite(observed) ? observed : finiteNumber(observed);
      if (value === undefined) {
        refuseValue();
        return;
      }
      record.sum += value;
      record.count += 1;
      let index = 0;
      while (index < buckets.length && value > (buckets[index] ?? 0)) index += 1;
      counts[index] = (counts[index] ?? 0) + 1;
      if (traceId === undefined) return;
      const timestamp = Date.now() / 1_000;
      latest[index] = { labelSet: { trace_id: traceId }, value, timestamp };
    },
    settle(): void {
      for (const [index, bound] of bounds.entries()) {
        if (bound !== aboveAllBounds) record.bucketValues[bound] = counts[index] ?? 0;
        if (record.bucketExemplars && latest[index]) record.bucketExemplars[bound] = latest[index];
      }
    },
  };
}
