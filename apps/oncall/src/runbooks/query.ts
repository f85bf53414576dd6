import {
  createQueryClient,
  type QueryAddresses,
  QueryError,
  sourceNames,
} from '@watchkeeper/viewer';
import { z } from 'zod';
import type { QueryType } from './document.ts';

/** The result of a query as a table, or why there is none. */
export type QueryResult =
  | {
      readonly columns: readonly string[];
      readonly rows: readonly (readonly string[])[];
      /** Rows that are not shown. */
      readonly hidden: number;
    }
  | { readonly problem: string; readonly status: number };

export type QueryRunner = ReturnType<typeof createQueryRunner>;

const maxRows = 50;
// A person runs one at a time; this protects Prometheus from a page that reloads in a loop.
const limits = { timeoutMs: 10_000, maxMegabytes: 4, maxInFlight: 8 };
// Runbooks are opened within minutes of the cause.
const logRange = '1h';
const sources = { promql: 'prometheus', logql: 'loki' } as const;

const sample = z.tuple([z.number(), z.string()]);
const metric = z.record(z.string(), z.string());
const queryResponse = z.object({
  data: z.discriminatedUnion('resultType', [
    z.object({
      resultType: z.literal('vector'),
      result: z.array(z.object({ metric, value: sample.optional() })),
    }),
    z.object({ resultType: z.literal('scalar'), result: sample }),
    z.object({ resultType: z.literal('string'), result: sample }),
    z.object({
      resultType: z.literal('matrix'),
      result: z.array(z.object({ metric, values: z.array(sample) })),
    }),
    z.object({
      resultType: z.literal('streams'),
      result: z.array(z.object({ values: z.array(z.tuple([z.string(), z.string()])) })),
    }),
  ]),
});

/** Runs read-only queries within limits. */
export function createQueryRunner(addresses: QueryAddresses) {
  const client = createQueryClient(addresses, limits);
  return {
    /** Why queries of that type cannot run here; undefined if they can. */
    unavailability: (type: QueryType) =>
      client.isConfigured(sources[type])
        ? undefined
        : `${sourceNames[sources[type]]} is not configured.`,
    async run(type: QueryType, code: string): Promise<QueryResult> {
      const source = sources[type];
      try {
        const text = await client.query(source, ...requestFor(type, code));
        return readResponse(sourceNames[source], text);
      } catch (error) {
        if (!(error instanceof QueryError)) throw error;
        return { problem: error.message, status: error.status };
      }
    },
  };
}

function requestFor(type: QueryType, code: string): [string, [string, string][]] {
  if (type === 'promql') return ['/api/v1/query', Object.entries({ query: code, timeout: '8s' })];
  const parameters = { query: code, limit: String(maxRows) };
  // Loki returns log lines only for a range, and metrics for an instant.
  const isLogQuery = /^\s*\{/.test(code.replace(/^\s*#.*$/gm, ''));
  return isLogQuery
    ? ['/loki/api/v1/query_range', Object.entries({ ...parameters, since: logRange })]
    : ['/loki/api/v1/query', Object.entries(parameters)];
}

function readResponse(name: string, text: string): QueryResult {
  try {
    return tableOf(queryResponse.parse(JSON.parse(text)).data);
  } catch {
    return { problem: `${name} did not return a query result.`, status: 502 };
  }
}

function tableOf(data: z.output<typeof queryResponse>['data']): QueryResult {
  if (data.resultType === 'streams') {
    const lines = data.result.flatMap(({ values }) => values);
    // Nanoseconds as text of one length sort as they are.
    lines.sort(([one], [other]) => other.localeCompare(one));
    return cut(
      ['time', 'line'],
      lines.map(([time, line]) => [readableTime(Number(time) / 1e6), line.slice(0, 2_000)]),
    );
  }
  if (data.resultType === 'scalar' || data.resultType === 'string') {
    return cut(['value'], [[readableValue(data.result[1])]]);
  }
  const series = data.result.map((each) => ({
    metric: each.metric,
    value: ('values' in each ? each.values.at(-1)?.[1] : each.value?.[1]) ?? 'histogram',
  }));
  const names = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))];
  const rows = series.map(({ metric, value }) => [
    ...names.map((name) => metric[name] ?? ''),
    readableValue(value),
  ]);
  return cut([...names.map((name) => (name === '__name__' ? 'metric' : name)), 'value'], rows);
}

function cut(columns: readonly string[], rows: readonly (readonly string[])[]): QueryResult {
  return { columns, rows: rows.slice(0, maxRows), hidden: Math.max(0, rows.length - maxRows) };
}

function readableTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(11, 23);
}

/** Six digits are more than anybody compares; whole numbers stay whole. */
function readableValue(text: string): string {
  const value = Number(text);
  if (!Number.isFinite(value) || Number.isInteger(value)) return text;
  return String(Number(value.toPrecision(6)));
}
