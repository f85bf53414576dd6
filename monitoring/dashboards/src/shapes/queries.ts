import type { Query } from './spec.ts';

function queriesIn(language: Query['language'], over: Query['over'] = 'range') {
  return (expression: string, legend = ''): Query => ({
    language,
    expression: tidy(expression),
    legend,
    over,
  });
}

export const promql = queriesIn('promql');
/** Evaluated once, at the end of the time range. */
export const promqlNow = queriesIn('promql', 'end');
export const logql = queriesIn('logql');
/** Its columns become a table's, or, with a column `time`, graphs. */
export const sql = queriesIn('sql');

const legendOf = (labels: readonly string[]) => labels.map((label) => `{{${label}}}`).join(' ');

/** A recorded series of the selected jobs, named by job and by the other labels. */
export function byJob(recording: string, ...labels: readonly string[]): Query {
  return promql(`${recording}{job=~"$job"}`, legendOf(['job', ...labels]));
}

/** A recorded quantile as `byJob` reads it, with the exemplars of the histogram in its name. */
export function withExemplars(recording: string, ...labels: readonly string[]): Query[] {
  const [, histogram = ''] = recording.split(':');
  return [byJob(recording, ...labels), exemplarsOf(histogram)];
}

/** A recorded ratio, 0 where `total` counts something but the ratio has no series. */
export function ratioOrZero(recording: string, total: string, ...labels: readonly string[]): Query {
  const zero = `0 * (${total}{job=~"$job"} > 0)`;
  const { expression, legend } = byJob(recording, ...labels);
  return promql(`${expression}\nor ${zero}`, legend);
}

/** A recorded series of the selected jobs, summed by labels. */
export function sumBy(recording: string, ...labels: readonly string[]): Query {
  return promql(`sum by (${labels.join(', ')}) (${recording}{job=~"$job"})`, legendOf(labels));
}

/** Marks a query that has data only where the component is deployed. */
export function where(needs: NonNullable<Query['needs']>, query: Query): Query {
  return { ...query, needs };
}

/** Marks a query without data on a healthy system, with the reason. */
export function maybe(emptyWhenHealthy: string, query: Query): Query {
  return { ...query, emptyWhenHealthy };
}

/**
 * A histogram's exemplars, for panels of a recorded series, which has none. Prometheus finds exemplars
 * by selector, whatever the offset; ten years ago there are no samples, so that the buckets of a hundred
 * instances are not read for nothing.
 */
export function exemplarsOf(histogram: string): Query {
  return {
    language: 'promql',
    expression: `${histogram}_bucket{job=~"$job"} offset 10y`,
    legend: 'exemplars',
    over: 'range',
    isForExemplars: true,
  };
}

/** Removes the indentation of the source. */
function tidy(expression: string): string {
  const lines = expression.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(indent).trimEnd()).join('\n');
}
