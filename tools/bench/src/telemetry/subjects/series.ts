import type * as Library from '@watchkeeper/telemetry';

// As in a service: half of its series are buckets of histograms.
const setsOfLabels = 500;
const buckets = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
const linesOfHistogram = buckets.length + 3;

/** Declares metrics of several hundred series each, at least `series` in all. */
export function addSeries(
  telemetry: Library.Telemetry,
  { counter, histogram }: Pick<typeof Library, 'counter' | 'histogram'>,
  series: number,
): void {
  const labels = { route: { atMost: 1_000 }, method: ['GET'] } as const;
  for (let made = 0, part = 0; made < series; part += 1) {
    const declared = telemetry.declareMetrics({
      [`bench_${part}_total`]: counter('Counted.', labels),
      [`bench_${part}_seconds`]: histogram('Measured.', labels, buckets),
    });
    const total = declared.counter(`bench_${part}_total` as never) as AnyCounter;
    const seconds = declared.histogram(`bench_${part}_seconds` as never) as AnyHistogram;
    const add = (index: number) => ({ route: `/api/v1/subjects/:id/${index}`, method: 'GET' });
    for (let i = 0; i < setsOfLabels && made < series; i += 1, made += 1) {
      total.increment(add(i));
      if (i % linesOfHistogram !== 0) continue;
      seconds.observe(i / 100, add(i));
      made += linesOfHistogram;
    }
  }
}

// The catalogue's types cannot check names made at run time.
interface AnyCounter {
  increment(labels: Record<string, string>): void;
}
interface AnyHistogram {
  observe(value: number, labels: Record<string, string>): void;
}
