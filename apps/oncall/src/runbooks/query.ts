import { instrumentFetch } from '@watchkeeper/telemetry';
import { z } from 'zod';
import type { QueryType } from './document.ts';

/** Where queries are asked; absent means that they can't be. */
export interface QueryAddresses {
  readonly prometheusQueryUrl: string | undefined;
  readonly lokiQueryUrl: string | undefined;
}

/** A query's answer as a table, or why there is none. */
export type QueryResult =
  | {
      readonly columns: readonly string[];
      readonly rows: readonly (readonly string[])[];
      /** How many rows were left out. */
      readonly hidden: number;
    }
  /** `status` is that of the page which says so. */
  | { readonly problem: string; readonly status: 422 | 502 | 503 | 504 };

/** Runs queries, only to read, within bounds. */
export interface QueryRunner {
  /** Why queries of that type can't be run here; undefined when they can. */
  absence(type: QueryType): string | undefined;
  run(type: QueryType, code: string): Promise<QueryResult>;
}

const maxRows = 50;
const maxBytes = 4 * 1024 * 1024;
const timeoutMs = 10_000;
// A person runs one at a time; this keeps a page that is reloaded in a loop off Prometheus.
const maxRunning = 8;
// A runbook is opened within minutes, and what led to it is minutes old.
const logRange = '1h';

const sources = { promql: 'Prometheus', logql: 'Loki' } as const;

const answer = z.object({
  data: z.discriminatedUnion('resultType', [
    z.object({
      resultType: z.literal('vector'),
      result: z.array(
        z.object({
          metric: z.record(z.string(), z.string()),
          value: z.tuple([z.number(), z.string()]).optional(),
        }),
      ),
    }),
    z.object({ resultType: z.literal('scalar'), result: z.tuple([z.number(), z.string()]) }),
    z.object({ resultType: z.literal('string'), result: z.tuple([z.number(), z.string()]) }),
    z.object({
      resultType: z.literal('matrix'),
      result: z.array(
        z.object({
          metric: z.record(z.string(), z.string()),
          values: z.array(z.tuple([z.number(), z.string()])),
        }),
      ),
    }),
    z.object({
      resultType: z.literal('streams'),
      result: z.array(z.object({ values: z.array(z.tuple([z.string(), z.string()])) })),
    }),
  ]),
});

/** Makes the runner; it asks nothing but the two query endpoints, with GET. */
export function createQueryRunner(addresses: QueryAddresses): QueryRunner {
  const bases = { promql: addresses.prometheusQueryUrl, logql: addresses.lokiQueryUrl };
  const hosts = Object.values(bases).flatMap((base) => (base ? new URL(base).hostname : []));
  const send = instrumentFetch(fetch, { ownHosts: hosts });
  let running = 0;

  return {
    absence: (type) =>
      bases[type] === undefined ? `${sources[type]} does not run here.` : undefined,
    async run(type, code) {
      const base = bases[type];
      if (base === undefined)
        return { problem: `${sources[type]} does not run here.`, status: 503 };
      if (running >= maxRunning) {
        return { problem: 'Too many queries run at the moment. Try again.', status: 503 };
      }
      running += 1;
      try {
        const response = await send(addressOf(type, base, code), {
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMs),
        });
        return readAnswer(sources[type], response.ok, await readBounded(response));
      } catch (error) {
        return describeFailure(sources[type], error);
      } finally {
        running -= 1;
      }
    },
  };
}

function addressOf(type: QueryType, base: string, code: string): URL {
  const prefix = base.replace(/\/+$/, '');
  if (type === 'promql') {
    return withParameters(`${prefix}/api/v1/query`, { query: code, timeout: '8s' });
  }
  // Loki answers log lines only over a range, and numbers at a moment.
  const isLogQuery = /^\s*\{/.test(code.replace(/^\s*#.*$/gm, ''));
  const path = isLogQuery ? 'query_range' : 'query';
  const range: Record<string, string> = isLogQuery ? { since: logRange } : {};
  const parameters = { query: code, limit: String(maxRows), ...range };
  return withParameters(`${prefix}/loki/api/v1/${path}`, parameters);
}

function withParameters(address: string, parameters: Record<string, string>): URL {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

class TooLargeError extends Error {}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new TooLargeError();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readAnswer(source: string, isOk: boolean, text: string): QueryResult {
  const body = parseJson(text);
  if (!isOk) {
    // Prometheus answers JSON with its reason, Loki plain text.
    const { error } = z.object({ error: z.string() }).catch({ error: text }).parse(body);
    return { problem: `${source} refuses the query: ${error.slice(0, 500).trim()}`, status: 422 };
  }
  const parsed = answer.safeParse(body);
  if (!parsed.success) {
    return { problem: `${source} answered something else than a result.`, status: 502 };
  }
  return tableOf(parsed.data.data);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tableOf(data: z.output<typeof answer>['data']): QueryResult {
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

function describeFailure(source: string, error: unknown): QueryResult {
  if (error instanceof TooLargeError) {
    return { problem: `${source}'s answer is too large to be shown here.`, status: 502 };
  }
  const isLate = (error as { name?: string }).name === 'TimeoutError';
  if (isLate) {
    return { problem: `${source} gave no answer within ${timeoutMs / 1_000} s.`, status: 504 };
  }
  return { problem: `${source} does not answer. Is it running?`, status: 502 };
}
