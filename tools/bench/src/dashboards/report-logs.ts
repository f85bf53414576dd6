import type { Report } from '../load/report.ts';
import { type Asked, askedHours } from './asked.ts';
import { fillLoki } from './logs/fill.ts';
import type { ShippedLine } from './logs/lines.ts';
import { flush, startLoki } from './logs/loki.ts';
import { type Answerer, timeQuery } from './measure.ts';
import { count } from './report-metrics.ts';

const limitMs = 1_000;

/** Fills a Loki with a day of lines and measures every query of the dashboards over that day. */
export async function reportLogs(
  report: Report,
  asked: readonly Asked[],
  { templates, count: wanted }: { templates: readonly ShippedLine[]; count: number },
): Promise<void> {
  const loki = await startLoki();
  try {
    const atMs = Date.now();
    const span = { from: atMs - askedHours * 3_600_000, to: atMs };
    const { lines, bytes } = await fillLoki(loki.address, templates, { count: wanted, ...span });
    const tookMs = Date.now() - atMs;
    await flush(loki);
    report.say(
      `Loki, as shipped but for the rates at which it takes lines: ${count(lines)} lines, ` +
        `${count(bytes / 1e6)} MB, over ${askedHours} hours, taken in ${(tookMs / 1_000).toFixed(0)} s; ` +
        `they are the ${count(templates.length)} lines of the running system, again and again, ` +
        `${shares(templates)}. Its index has ${count(await countLines(loki.address, span))}.`,
    );
    const queries = asked.filter(({ language }) => language === 'logql');
    const rows: string[][] = [];
    for (const query of queries) rows.push(await rowOf(query, { ...loki, atMs }));
    report.say(
      `The queries of the logs dashboard over that day; the target is ${limitMs} ms. Asked again, ` +
        'Loki answers in part from its cache, as it is shipped to do.',
    );
    report.table(['panel', 'first, ms', 'again, ms', 'streams', 'query', ''], rows);
  } finally {
    await loki.stop();
  }
}

async function rowOf(query: Asked, loki: Answerer): Promise<string[]> {
  const expression = `\`${query.expression.replace(/\s+/g, ' ').replaceAll('|', '\\|')}\``;
  const timed = await timeQuery(query, loki).catch(() => undefined);
  if (timed === undefined) return [query.where, 'no answer', '', '', expression, 'misses'];
  const { firstMs, medianMs, answered } = timed;
  const verdict = Math.max(firstMs, medianMs) < limitMs ? '' : 'misses';
  const times = [firstMs.toFixed(0), medianMs.toFixed(0)];
  return [query.where, ...times, String(answered), expression, verdict];
}

function shares(templates: readonly ShippedLine[]): string {
  const levels = Map.groupBy(templates, ({ labels }) => labels.level ?? 'none');
  return [...levels]
    .map(([level, lines]) => `${((lines.length / templates.length) * 100).toFixed(1)} % ${level}`)
    .join(', ');
}

/** What its index says: to count them one by one would take longer than Loki waits. */
async function countLines(loki: string, { from, to }: { from: number; to: number }) {
  const query = '{service=~".+"}';
  const times = { start: String(from / 1_000), end: String(to / 1_000) };
  const parameters = new URLSearchParams({ query, ...times });
  const response = await fetch(`${loki}/loki/api/v1/index/stats?${parameters}`);
  return ((await response.json()) as { entries: number }).entries;
}
