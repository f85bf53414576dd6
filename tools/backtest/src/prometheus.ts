import { StackError } from '@watchkeeper/stack/stack-error';
import { type Answer, createApi } from './api.ts';

type Labels = Readonly<Record<string, string>>;

interface RangeSeries {
  readonly labels: Labels;
  /** Seconds since 1970 at which the expression had a value, ascending. */
  readonly times: readonly number[];
}

export interface Range {
  /** Seconds since 1970; multiples of `step`. */
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

export interface PastClient {
  /** @throws RefusedQuery with Prometheus' own words */
  queryRange(query: string, range: Range): Promise<RangeSeries[]>;
  /** Of the series that it has within the range. */
  metricNames(range: Pick<Range, 'start' | 'end'>): Promise<ReadonlySet<string>>;
}

/** Prometheus will not evaluate this query, whatever the range. */
export class RefusedQuery extends Error {
  override readonly name = 'RefusedQuery';
}

interface Matrix {
  readonly result: readonly { metric: Labels; values?: [number, string][] }[];
}

// Of eleven thousand points a series that Prometheus answers with.
const maximumPoints = 10_000;
// Below, a range that is too much for Prometheus is not halved again.
const minimumPoints = 50;

/**
 * The query API of Prometheus, or of anything that has it.
 * @param base its address, with a path where it has a prefix
 * @param authorization the header of that name
 */
export function createPast(base: string, authorization?: string): PastClient {
  const send = createApi(base, authorization);

  async function ask(query: string, { start, end, step }: Range): Promise<Matrix | undefined> {
    const answer = await send('query_range', {
      ...{ query, start: String(start), end: String(end), step: String(step) },
    });
    if (answer?.status === 'success') return answer.data as Matrix;
    if (answer === undefined || isTooMuch(answer)) return undefined;
    throw new RefusedQuery(answer.error ?? `${answer.httpStatus}`);
  }

  async function collect(query: string, range: Range, into: Map<string, Found>): Promise<void> {
    const points = Math.round((range.end - range.start) / range.step) + 1;
    const matrix = points > maximumPoints ? undefined : await ask(query, range);
    if (matrix !== undefined) return addSeries(matrix, into);
    if (points < minimumPoints) throw new RefusedQuery('too much for Prometheus to evaluate');
    const middle = range.start + Math.floor(points / 2) * range.step;
    await collect(query, { ...range, end: middle - range.step }, into);
    await collect(query, { ...range, start: middle }, into);
  }

  return {
    async queryRange(query, range) {
      const found = new Map<string, Found>();
      await collect(query, range, found);
      // Names are gone: what differed in them alone is one series.
      return [...found.values()].map(({ labels, times }) => ({
        labels,
        times: [...new Set(times)].sort((one, other) => one - other),
      }));
    },
    async metricNames({ start, end }) {
      const range = { start: String(start), end: String(end) };
      const answer = await send('label/__name__/values', range);
      if (answer?.status === 'success') return new Set(answer.data as string[]);
      throw new StackError(
        `Expected ${base} to list its metrics, got ${answer?.error ?? 'no answer'}.`,
      );
    },
  };
}

interface Found {
  readonly labels: Labels;
  readonly times: number[];
}

function addSeries({ result }: Matrix, into: Map<string, Found>): void {
  for (const { metric, values = [] } of result) {
    const { __name__: _, ...labels } = metric;
    const key = JSON.stringify(Object.entries(labels).sort());
    const series = into.get(key) ?? { labels, times: [] };
    for (const [seconds] of values) series.times.push(seconds);
    into.set(key, series);
  }
}

/** Too many samples, or a timeout: less at once may do. */
function isTooMuch({ httpStatus, error = '' }: Answer): boolean {
  if (![413, 422, 500, 502, 503, 504].includes(httpStatus)) return false;
  return /too many samples|timed? ?out|maximum resolution/i.test(error);
}
