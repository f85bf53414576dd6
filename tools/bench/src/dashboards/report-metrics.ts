import { formatCount, formatQuery, type Report } from '../report/report.ts';
import type { History } from './history.ts';
import type { LiveSystem } from './live.ts';
import { type Backend, sendQuery, timeQuery, timeTogether } from './measure.ts';
import type { DashboardQuery } from './queries.ts';

const queryLimitMs = 300;
const dashboardLimitMs = 1_000;
const limitsMs: Readonly<Record<string, number>> = { overview: 500 };
const concurrency = 4;
const slowest = 15;

export function describeHistory(
  report: Report,
  { blocks, series, samples, bytes, from, to }: History,
  { live, instances, tookMs }: { live: LiveSystem; instances: number; tookMs: number },
): void {
  report.paragraph(
    `${formatCount(series)} series and ${formatCount(samples)} samples, ` +
      `${formatCount(bytes / 1e6)} MB in ${blocks} blocks over ${(to - from) / 3_600_000} hours, ` +
      `one sample per minute, written by promtool in ${(tookMs / 1_000).toFixed(0)} s. They are ` +
      'the series that the queries of the dashboards read, raw and recorded: ' +
      `${formatCount(live.series.length)} of a running system, times ${instances} for those of an ` +
      "app's instance or of a machine.",
  );
  if (live.absent.length > 0) {
    const names = live.absent.map((name) => `\`${name}\``).join(', ');
    report.paragraph(`Read by a query, but without series in that system: ${names}.`);
  }
}

/** Measures every PromQL query, and every dashboard, and marks those that miss their target. */
export async function reportMetrics(
  report: Report,
  queries: readonly DashboardQuery[],
  prometheus: Backend & { readonly version: string },
): Promise<void> {
  const ofPrometheus = queries.filter(({ language }) => language === 'promql');
  const timed = [];
  for (const query of ofPrometheus) {
    timed.push({ query, ...(await timeQuery(() => sendQuery(query, prometheus))) });
  }
  timed.sort((a, b) => b.medianMs - a.medianMs);
  const missing = timed.filter(({ medianMs }) => medianMs >= queryLimitMs);
  report.paragraph(
    `Prometheus ${prometheus.version}, one query at a time over 24 hours, the median of five after ` +
      `a first: ${timed.length - missing.length} of ${timed.length} take less than the target of ` +
      `${queryLimitMs} ms. The slowest:`,
  );
  const rows = timed
    .slice(0, Math.max(slowest, missing.length))
    .map(({ query, firstMs, medianMs, results }) => [
      ...[query.dashboard, query.owner, medianMs.toFixed(0), firstMs.toFixed(0)],
      ...[String(results), formatQuery(query.expression)],
      medianMs < queryLimitMs ? '' : 'misses',
    ]);
  report.table(['dashboard', 'panel', 'ms', 'first, ms', 'series', 'query', ''], rows);
  await reportDashboards(report, ofPrometheus, prometheus);
}

async function reportDashboards(
  report: Report,
  queries: readonly DashboardQuery[],
  prometheus: Backend,
): Promise<void> {
  const rows: [number, string[]][] = [];
  for (const [uid, own] of Map.groupBy(queries, ({ dashboard }) => dashboard)) {
    const ms = await timeTogether(own, prometheus, concurrency);
    const limit = limitsMs[uid] ?? dashboardLimitMs;
    const verdict = ms < limit ? '' : 'misses';
    rows.push([ms, [uid, String(own.length), ms.toFixed(0), String(limit), verdict]]);
  }
  rows.sort(([a], [b]) => b - a);
  report.paragraph(
    `All PromQL queries of a dashboard, ${concurrency} at a time, variables and annotations ` +
      'included, the median of five:',
  );
  const cells = rows.map(([, row]) => row);
  report.table(['dashboard', 'queries', 'ms', 'target, ms', ''], cells);
}
