import { type Asked, askedHours } from './asked.ts';

/** Where queries go, and at which time. */
export interface Answerer {
  readonly address: string;
  /** The end of what is asked for, in milliseconds since 1970. */
  readonly atMs: number;
}

/** How a query, or a dashboard, fared. */
export interface Timed {
  /** When it was asked for the first time. */
  readonly firstMs: number;
  /** The median of when it was asked again. */
  readonly medianMs: number;
  /** Series of the answer, or streams, or rows. */
  readonly answered: number;
}

const repetitions = 5;
const shownLines = 200;

/** Asks once, then five times more, one at a time. */
export function timeQuery(asked: Asked, answerer: Answerer): Promise<Timed> {
  return timeAnswers(() => ask(asked, answerer));
}

/** The same of anything that is asked for, and resolves to how much came. */
export async function timeAnswers(answer: () => Promise<number>): Promise<Timed> {
  const first = await timed(answer);
  const again: number[] = [];
  for (let index = 0; index < repetitions; index += 1) again.push((await timed(answer)).ms);
  return { firstMs: first.ms, medianMs: median(again), answered: first.value };
}

/** The median time in which all are answered, so many at a time, each of their own answerer. */
export async function timeTogether(
  all: readonly Asked[],
  answererOf: (asked: Asked) => Answerer,
  atATime: number,
): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < repetitions; index += 1) {
    const left = [...all];
    const work = async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        await ask(next, answererOf(next));
      }
    };
    times.push((await timed(() => Promise.all(Array.from({ length: atATime }, work)))).ms);
  }
  return median(times);
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const startedAt = performance.now();
  const value = await work();
  return { ms: performance.now() - startedAt, value };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Asks as Grafana does; resolves to the number of series once the whole answer is there. */
async function ask(asked: Asked, { address, atMs }: Answerer): Promise<number> {
  const { path, parameters } = requestOf(asked, atMs / 1_000);
  const base = asked.language === 'logql' ? `${address}/loki/api/v1` : `${address}/api/v1`;
  const response = await fetch(`${base}/${path}?${new URLSearchParams(parameters)}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`${asked.dashboard}, ${asked.where}: ${text.slice(0, 300)}`);
  const { data } = JSON.parse(text) as { data: { result?: unknown[] } | unknown[] };
  return Array.isArray(data) ? data.length : (data.result?.length ?? 0);
}

function requestOf({ kind, expression, stepSeconds }: Asked, end: number) {
  const span = { start: String(end - askedHours * 3_600), end: String(end) };
  switch (kind) {
    case 'values': {
      const [match = '', label] = expression.split('|');
      return { path: `label/${label}/values`, parameters: { 'match[]': match, ...span } };
    }
    case 'instant':
      return { path: 'query', parameters: { query: expression, time: String(end) } };
    case 'lines': {
      const limits = { limit: String(shownLines), direction: 'backward' };
      return { path: 'query_range', parameters: { query: expression, ...span, ...limits } };
    }
    case 'range': {
      const step = String(stepSeconds);
      return { path: 'query_range', parameters: { query: expression, ...span, step } };
    }
  }
}
