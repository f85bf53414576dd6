import type { Report } from '../load/report.ts';
import { type Asked, askedHours } from './asked.ts';
import { fillLoki } from './logs/fill.ts';
import type { ShippedLine } from './logs/lines.ts';
import { flush, startLoki } from './logs/loki.ts';
import { timeQuery } from './measure.ts';
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
        `${shares(templates)}. It finds ${count(await countLines(loki.address, atMs))}.`,
    );
    const rows: string[][] = [];
    for (const query of asked.filter(({ language }) => language === 'logql')) {
      const { firstMs, medianMs, answered } = await timeQuery(query, { ...loki, atMs });
      const verdict = Math.max(firstMs, medianMs) < limitMs ? '' : 'misses';
      const expression = `\`${query.expression.replaceAll('|', '\\|')}\``;
      const times = [firstMs.toFixed(0), medianMs.toFixed(0)];
      rows.push([query.where, ...times, String(answered), expression, verdict]);
    }
    report.say(
      `The queries of the logs dashboard over that day; the target is ${limitMs} ms. Asked again, ` +
        'Loki answers in part from its cache, as it is shipped to do.',
    );
    report.table(['panel', 'first, ms', 'again, ms', 'streams', 'query', ''], rows);
  } finally {
    await loki.stop();
  }
}

function shares(templates: readonly ShippedLine[]): string {
  const levels = Map.groupBy(templates, ({ labels }) => labels.level ?? 'none');
  return [...levels]
    .map(([level, lines]) => `${((lines.length / templates.length) * 100).toFixed(1)} % ${level}`)
    .join(', ');
}

async function countLines(loki: string, atMs: number): Promise<number> {
  const query = `sum(count_over_time({service=~".+"}[${askedHours}h]))`;
  const parameters = new URLSearchParams({ query, time: String(atMs / 1_000) });
  const response = await fetch(`${loki}/loki/api/v1/query?${parameters}`);
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(data.result[0]?.value[1] ?? 0);
}
