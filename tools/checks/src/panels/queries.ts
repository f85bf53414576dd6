import { compressExpression } from '@watchkeeper/stack/configuration/promql';
import type { LokiClient } from '@watchkeeper/testing/loki';
import type { PrometheusClient } from '@watchkeeper/testing/prometheus';
import type { Answer, Ask } from './has-data.ts';

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly [number, string][];
}

/** Asks a Prometheus whose clock runs `timeFactor` times as fast, over the last minute of its time. */
export function askPrometheus(prometheus: PrometheusClient, timeFactor = 1): Ask {
  return async ({ query, expression }) => {
    const end = Date.now() / 1_000;
    const range = { start: String(end - 300 / timeFactor), end: String(end) };
    if (query.isForExemplars) return askExemplars(prometheus, expression, range);
    const { result } = await prometheus.get<{ result: Series[] }>('query_range', {
      query: compressExpression(expression, timeFactor),
      ...range,
      // Only the end is asked for; the range is there for what comes and goes.
      step: String(10 / timeFactor),
    });
    const measured = result.filter(({ values }) => values.some(([, value]) => value !== 'NaN'));
    return answerOf(measured.map(({ metric }) => metric));
  };
}

async function askExemplars(
  prometheus: PrometheusClient,
  query: string,
  range: Record<string, string>,
): Promise<Answer> {
  const series = await prometheus.get<{ exemplars: unknown[] }[]>('query_exemplars', {
    query,
    ...range,
  });
  return { series: series.filter(({ exemplars }) => exemplars.length > 0).length, labels: [] };
}

/** Asks Loki for the last hour. */
export function askLoki(loki: LokiClient): Ask {
  return async ({ expression }) => {
    const streams = await loki.query(expression);
    return answerOf(streams.map(({ stream = {} }) => stream));
  };
}

/** What runs a statement and gives its rows. */
export type RunSql = (statement: string) => Promise<readonly Record<string, unknown>[]>;

/** Asks PostgreSQL with Grafana's macros filled in for the last six hours. */
export function askPostgres(run: RunSql): Ask {
  return async ({ expression }) => {
    const rows = await run(fillMacros(expression, 6));
    return { series: rows.length, labels: Object.keys(rows[0] ?? {}) };
  };
}

/** The statement with Grafana's macros of the time range filled in, for the last so many hours. */
export function fillMacros(expression: string, hours: number): string {
  const from = `now() - interval '${hours} hours'`;
  return expression
    .replace(/\$__timeFilter\((\w+)\)/g, (_, column) => `${column} BETWEEN ${from} AND now()`)
    .replaceAll('$__timeFrom()', `(${from})`)
    .replaceAll('$__timeTo()', 'now()');
}

function answerOf(all: readonly Readonly<Record<string, string>>[]): Answer {
  const [first = {}, ...others] = all;
  const labels = Object.keys(first).filter((name) => others.every((other) => name in other));
  return { series: all.length, labels };
}
