import type { Query } from './spec.ts';

/** PromQL over the time range. */
export function promql(expression: string, legend: string): Query {
  return { language: 'promql', expression: tidy(expression), legend, over: 'range' };
}

/** PromQL at the end of the time range. */
export function promqlNow(expression: string, legend = ''): Query {
  return { language: 'promql', expression: tidy(expression), legend, over: 'end' };
}

/** The same, of a component that not every place has. */
export function where(needs: NonNullable<Query['needs']>, query: Query): Query {
  return { ...query, needs };
}

/** The same, of which no data is good news, and why. */
export function maybe(emptyWhenHealthy: string, query: Query): Query {
  return { ...query, emptyWhenHealthy };
}

/** LogQL over the time range: lines, or what is counted of them. */
export function logql(expression: string, legend = ''): Query {
  return { language: 'logql', expression: tidy(expression), legend, over: 'range' };
}

/** SQL whose columns become those of a table, or, with a column `time`, lines. */
export function sql(expression: string): Query {
  return { language: 'sql', expression: tidy(expression), legend: '', over: 'range' };
}

/**
 * The exemplars of a histogram, for panels that read a recorded series, which has none. Exemplars are
 * found by the selector alone, whatever its offset; at an offset of ten years there are no samples, so
 * that a hundred instances' buckets are not read for nothing.
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

/** The text without what the source is indented by. */
function tidy(expression: string): string {
  const lines = expression.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(indent).trimEnd()).join('\n');
}
