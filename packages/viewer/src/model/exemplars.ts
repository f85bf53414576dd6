import type { Labels } from './series.ts';

/** One series of Prometheus' `query_exemplars`. */
export interface ResultExemplars {
  readonly seriesLabels: Labels;
  readonly exemplars: readonly {
    readonly labels: Labels;
    readonly value: string;
    readonly timestamp: number;
  }[];
}

export interface Exemplar {
  /** Seconds since 1970. */
  readonly time: number;
  readonly value: number;
  readonly traceId: string | undefined;
  readonly labels: Labels;
}

// More could not be clicked.
const columns = 60;

/** The slowest exemplar in each sixtieth of the range. */
export function pickExemplars(
  answers: readonly ResultExemplars[],
  { from, to }: { readonly from: number; readonly to: number },
): readonly Exemplar[] {
  const slowest = new Map<number, Exemplar>();
  for (const { seriesLabels, exemplars } of answers) {
    for (const { labels, value, timestamp } of exemplars) {
      const place = Math.floor(((timestamp * 1_000 - from) / (to - from)) * columns);
      const size = Number(value);
      if (place < 0 || place > columns || !Number.isFinite(size)) continue;
      if ((slowest.get(place)?.value ?? Number.NEGATIVE_INFINITY) >= size) continue;
      const traceId = labels.trace_id;
      slowest.set(place, { time: timestamp, value: size, traceId, labels: seriesLabels });
    }
  }
  return [...slowest.values()].sort((one, other) => one.time - other.time);
}
