import { formatCount, formatQuery, type Report } from '../report/report.ts';
import { fillLoki } from './logs/fill.ts';
import type { ShippedLine } from './logs/lines.ts';
import { flush, withLoki } from './logs/loki.ts';
import { type Backend, sendQuery, timeQuery } from './measure.ts';
import { type DashboardQuery, rangeHours } from './queries.ts';

const limitMs = 1_000;

/** Fills a Loki with a day of lines and measures every log query of the dashboards on that day. */
export async function reportLogs(
  report: Report,
  queries: readonly DashboardQuery[],
  { templates, lineCount }: { templates: readonly ShippedLine[]; lineCount: number },
): Promise<void> {
  await withLoki(async (address) => {
    const atMs = Date.now();
    const span = { from: atMs - rangeHours * 3_600_000, to: atMs };
    const { lines, bytes } = await fillLoki(address, templates, { count: lineCount, ...span });
    const tookMs = Date.now() - atMs;
    await flush(address);
    report.paragraph(
      `Loki as shipped, except for its ingestion limits: ${formatCount(lines)} lines, ` +
        `${formatCount(bytes / 1e6)} MB, over ${rangeHours} hours, ingested in ` +
        `${(tookMs / 1_000).toFixed(0)} s. They repeat the ${formatCount(templates.length)} lines ` +
        `of the running system, ${describeLevels(templates)}. Its index has ` +
        `${formatCount(await countLines(address, span))}.`,
    );
    const rows: string[][] = [];
    for (const query of queries.filter(({ language }) => language === 'logql')) {
      rows.push(await rowOf(query, { address, atMs }));
    }
    report.paragraph(
      `The queries of the logs dashboard on that day; the target is ${limitMs} ms. Repeated ` +
        'queries are answered in part from the cache, as shipped.',
    );
    report.table(['panel', 'first, ms', 'repeated, ms', 'streams', 'query', ''], rows);
  });
}

async function rowOf(query: DashboardQuery, loki: Backend): Promise<string[]> {
  const expression = formatQuery(query.expression);
  const times = await timeQuery(() => sendQuery(query, loki)).catch(() => undefined);
  if (times === undefined) return [query.owner, 'no response', '', '', expression, 'misses'];
  const { firstMs, medianMs, results } = times;
  const verdict = Math.max(firstMs, medianMs) < limitMs ? '' : 'misses';
  return [
    ...[query.owner, firstMs.toFixed(0), medianMs.toFixed(0)],
    ...[String(results), expression, verdict],
  ];
}

function describeLevels(templates: readonly ShippedLine[]): string {
  const levels = Map.groupBy(templates, ({ labels }) => labels.level ?? 'none');
  return [...levels]
    .map(([level, lines]) => `${((lines.length / templates.length) * 100).toFixed(1)} % ${level}`)
    .join(', ');
}

/** From the index: counting them one by one would exceed Loki's time limit. */
async function countLines(loki: string, { from, to }: { from: number; to: number }) {
  const times = { start: String(from / 1_000), end: String(to / 1_000) };
  const parameters = new URLSearchParams({ query: '{service=~".+"}', ...times });
  const response = await fetch(`${loki}/loki/api/v1/index/stats?${parameters}`);
  return ((await response.json()) as { entries: number }).entries;
}
