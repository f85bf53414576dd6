import PQueue from 'p-queue';
import { median } from '../report/report.ts';
import { type DashboardQuery, rangeHours } from './queries.ts';

export interface Backend {
  readonly address: string;
  /** The end of the queried range, in milliseconds since 1970. */
  readonly atMs: number;
}

const repetitions = 5;
const maxLines = 200;

/**
 * Times a query at first and five times more, one at a time, of which it takes the median. `send`
 * resolves to the number of its results: series, streams or rows.
 */
export async function timeQuery(send: () => Promise<number>) {
  const first = await time(send);
  const again: number[] = [];
  for (let index = 0; index < repetitions; index += 1) again.push((await time(send)).ms);
  return { firstMs: first.ms, medianMs: median(again), results: first.value };
}

/** The median time of all queries together, `concurrency` at a time. */
export async function timeTogether(
  queries: readonly DashboardQuery[],
  backend: Backend,
  concurrency: number,
): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < repetitions; index += 1) {
    const queue = new PQueue({ concurrency });
    const sends = queries.map((query) => () => sendQuery(query, backend));
    times.push((await time(() => queue.addAll(sends))).ms);
  }
  return median(times);
}

async function time<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const startedAt = performance.now();
  const value = await work();
  return { ms: performance.now() - startedAt, value };
}

/** Sends a query as Grafana does; resolves to the number of series once the response is complete. */
export async function sendQuery(query: DashboardQuery, { address, atMs }: Backend) {
  const { path, parameters } = requestOf(query, atMs / 1_000);
  const base = query.language === 'logql' ? `${address}/loki/api/v1` : `${address}/api/v1`;
  const response = await fetch(`${base}/${path}?${new URLSearchParams(parameters)}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`${query.dashboard}, ${query.owner}: ${text.slice(0, 300)}`);
  const { data } = JSON.parse(text) as { data: { result?: unknown[] } | unknown[] };
  return Array.isArray(data) ? data.length : (data.result?.length ?? 0);
}

function requestOf({ kind, expression: query, stepSeconds }: DashboardQuery, end: number) {
  const span = { start: String(end - rangeHours * 3_600), end: String(end) };
  switch (kind) {
    case 'values': {
      const [match = '', label] = query.split('|');
      return { path: `label/${label}/values`, parameters: { 'match[]': match, ...span } };
    }
    case 'instant':
      return { path: 'query', parameters: { query, time: String(end) } };
    case 'lines': {
      const limits = { limit: String(maxLines), direction: 'backward' };
      return { path: 'query_range', parameters: { query, ...span, ...limits } };
    }
    case 'range':
      return { path: 'query_range', parameters: { query, ...span, step: String(stepSeconds) } };
  }
}
