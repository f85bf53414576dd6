import type { Report } from '../load/report.ts';
import type { Asked } from './asked.ts';
import type { History } from './history.ts';
import type { LiveSystem } from './live.ts';
import { type Answerer, timeQuery, timeTogether } from './measure.ts';

const queryLimitMs = 300;
const dashboardLimitMs = 1_000;
const limitsMs: Readonly<Record<string, number>> = { overview: 500 };
const atATime = 4;
const slowest = 15;

/** Says what the blocks hold. */
export function describeHistory(
  report: Report,
  { blocks, series, samples, bytes, from, to }: History,
  { live, instances, tookMs }: { live: LiveSystem; instances: number; tookMs: number },
): void {
  const hours = (to - from) / 3_600_000;
  report.say(
    `${count(series)} series and ${count(samples)} samples, ${count(bytes / 1e6)} MB in ${blocks} ` +
      `blocks over ${hours} hours, one sample a minute, written by promtool in ` +
      `${(tookMs / 1_000).toFixed(0)} s. They are the series that a query of a dashboard reads, raw ` +
      `and recorded, as ${count(live.series.length)} of them came about in a running system, times ` +
      `${instances} for those of an app's instance or of a machine.`,
  );
  if (live.absent.length > 0) {
    const names = live.absent.map((name) => `\`${name}\``).join(', ');
    report.say(`Read by a query, but of no series in that system: ${names}.`);
  }
}

/** Measures every query of Prometheus, and every dashboard; says which miss their targets. */
export async function reportMetrics(
  report: Report,
  asked: readonly Asked[],
  prometheus: Answerer & { readonly version: string },
): Promise<void> {
  const queries = asked.filter(({ language }) => language === 'promql');
  const timed = [];
  for (const query of queries) timed.push({ query, ...(await timeQuery(query, prometheus)) });
  timed.sort((a, b) => b.medianMs - a.medianMs);
  const missing = timed.filter(({ medianMs }) => medianMs >= queryLimitMs);
  report.say(
    `Prometheus ${prometheus.version}, one query at a time over 24 hours, the median of five after ` +
      `a first: ${queries.length - missing.length} of ${queries.length} are under ${queryLimitMs} ms ` +
      `(the target). The slowest:`,
  );
  const rows = timed
    .filter((_, index) => index < Math.max(slowest, missing.length))
    .map(({ query, firstMs, medianMs, answered }) => [
      ...[query.dashboard, query.where, medianMs.toFixed(0), firstMs.toFixed(0)],
      ...[String(answered), `\`${query.expression.replace(/\s+/g, ' ').replaceAll('|', '\\|')}\``],
      medianMs < queryLimitMs ? '' : 'misses',
    ]);
  report.table(['dashboard', 'panel', 'ms', 'first, ms', 'series', 'query', ''], rows);
  await reportDashboards(report, queries, prometheus);
}

async function reportDashboards(report: Report, queries: readonly Asked[], prometheus: Answerer) {
  const uids = [...new Set(queries.map(({ dashboard }) => dashboard))];
  const rows: [number, string[]][] = [];
  for (const uid of uids) {
    const own = queries.filter(({ dashboard }) => dashboard === uid);
    const ms = await timeTogether(own, () => prometheus, atATime);
    const limit = limitsMs[uid] ?? dashboardLimitMs;
    const verdict = ms < limit ? '' : 'misses';
    rows.push([ms, [uid, String(own.length), ms.toFixed(0), String(limit), verdict]]);
  }
  rows.sort(([a], [b]) => b - a);
  report.say(
    `All queries of a dashboard that go to Prometheus, ${atATime} at a time, with its choices and ` +
      'its marks, the median of five:',
  );
  report.table(
    ['dashboard', 'queries', 'ms', 'target, ms', ''],
    rows.map(([, row]) => row),
  );
}

/** A whole number as people write it. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}
