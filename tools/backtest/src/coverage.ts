import type { PastClient, Range } from './prometheus.ts';
import type { Stretch } from './replay.ts';

// Anything scraped within two minutes; longer silence means that Prometheus was down.
const evidence = 'count(count_over_time(up[2m]))';

/**
 * When Prometheus has data, by the samples of `up`; where it has none of these at all, as behind a
 * writer that drops them, the whole range. In a gap nothing was evaluated, and rules about what is
 * absent would otherwise fire throughout it.
 */
export async function findCoverage(past: PastClient, { start, end }: Range): Promise<Stretch[]> {
  const step = 60;
  const [series] = await past.queryRange(evidence, {
    ...{ start: Math.ceil(start / step) * step, end, step },
  });
  if (series === undefined) return [{ from: start, to: end }];
  const stretches: { from: number; to: number }[] = [];
  for (const time of series.times) {
    const last = stretches.at(-1);
    if (last !== undefined && time - last.to <= step) last.to = time;
    else stretches.push({ from: time, to: time });
  }
  return widen(stretches, { start, end, step });
}

/** The first and last minute belong to the data that they begin and end with. */
function widen(stretches: { from: number; to: number }[], { start, end, step }: Range): Stretch[] {
  return stretches.map(({ from, to }) => ({
    from: from - start <= step ? start : from,
    to: end - to <= step ? end : to,
  }));
}
