import { fillMacros } from '@watchkeeper/dashboards';
import { compressExpression } from '@watchkeeper/stack/configuration/promql';
import type { LokiClient } from '@watchkeeper/testing/loki';
import type { PrometheusClient } from '@watchkeeper/testing/prometheus';
import type { QueryResult, RunQuery } from './has-data.ts';

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly [number, string][];
}

/** Queries the last five minutes of a Prometheus with compressed time. */
export function prometheusRunner(prometheus: PrometheusClient, timeFactor: number): RunQuery {
  return async ({ query, expression }) => {
    const end = Date.now() / 1_000;
    const range = { start: String(end - 300 / timeFactor), end: String(end) };
    if (query.isForExemplars) return queryExemplars(prometheus, expression, range);
    const { result } = await prometheus.get<{ result: Series[] }>('query_range', {
      query: compressExpression(expression, timeFactor),
      ...range,
      // The range includes series that come and go.
      step: String(10 / timeFactor),
    });
    const measured = result.filter(({ values }) => values.some(([, value]) => value !== 'NaN'));
    return resultOf(measured.map(({ metric }) => metric));
  };
}

async function queryExemplars(
  prometheus: PrometheusClient,
  query: string,
  range: Record<string, string>,
): Promise<QueryResult> {
  const series = await prometheus.get<{ exemplars: unknown[] }[]>('query_exemplars', {
    query,
    ...range,
  });
  return { series: series.filter(({ exemplars }) => exemplars.length > 0).length, labels: [] };
}

/** Queries the last hour of Loki. */
export function lokiRunner(loki: LokiClient): RunQuery {
  return async ({ expression }) => {
    const streams = await loki.query(expression);
    return resultOf(streams.map(({ stream = {} }) => stream));
  };
}

/** Queries PostgreSQL with Grafana's macros filled in for the last six hours. */
export function postgresRunner(
  runSql: (statement: string) => Promise<readonly Record<string, unknown>[]>,
): RunQuery {
  return async ({ expression }) => {
    const rows = await runSql(fillMacros(expression, 6));
    return { series: rows.length, labels: Object.keys(rows[0] ?? {}) };
  };
}

function resultOf(all: readonly Readonly<Record<string, string>>[]): QueryResult {
  const [first = {}, ...others] = all;
  const labels = Object.keys(first).filter((name) => others.every((other) => name in other));
  return { series: all.length, labels };
}
