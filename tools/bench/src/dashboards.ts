// The load of the dashboards on Prometheus, Loki and PostgreSQL: a day of every panel, with a hundred
// instances of each app, ten million lines, and the orders of a thousand restaurants.

import { join } from 'node:path';
import { usageError } from '@watchkeeper/drills/command/arguments';
import { withTemporaryFolder } from '@watchkeeper/drills/systems/temporary-stack';
import { repositoryRoot } from '@watchkeeper/stack';
import { writeHistory } from './dashboards/history.ts';
import { type LiveSystem, readLiveSystem } from './dashboards/live.ts';
import { hasLoki } from './dashboards/logs/loki.ts';
import { startPrometheus } from './dashboards/prometheus.ts';
import { allQueries, type DashboardQuery } from './dashboards/queries.ts';
import { reportLogs } from './dashboards/report-logs.ts';
import { describeHistory, reportMetrics } from './dashboards/report-metrics.ts';
import { reportSql } from './dashboards/report-sql.ts';
import { multiply } from './dashboards/series.ts';
import { parseParts } from './report/parts.ts';
import { createReport, describeMachine, type Report } from './report/report.ts';

const parts = ['metrics', 'logs', 'sql'] as const;
const usage = `npm run bench -- dashboards [--instances 100] [--hours 26] [--lines 10000000] [--live <file>] [--write] [${parts.join('|')}]...

  --instances  of each app, and machines
  --hours      of samples, 25 or more
  --live       keeps the running system's series and log lines in a file, and reads them from it next time
  --write      replaces the figures in docs/dashboard-cost.md`;
const options = {
  instances: { type: 'string', default: '100' },
  hours: { type: 'string', default: '26' },
  lines: { type: 'string', default: '10000000' },
  live: { type: 'string' },
  write: { type: 'boolean' },
} as const;

export async function run(parameters: string[]): Promise<void> {
  const { values, parts: chosen } = parseParts(parameters, { parts, options, usage });
  const size = {
    instances: Number(values.instances),
    hours: Number(values.hours),
    lines: Number(values.lines),
  };
  if (!(size.instances >= 1 && size.hours >= 25 && size.lines >= 1)) {
    throw usageError('Expected at least 1 instance, 25 hours and 1 line.', `Usage: ${usage}`);
  }
  const queries = allQueries();
  let live: Promise<LiveSystem> | undefined;
  const readLive = () => {
    live ??= readLiveSystem(queries, values.live);
    return live;
  };
  const { instances, hours, lines } = size;
  const command = `dashboards ${chosen.join(' ')} --instances ${instances} --hours ${hours} --lines ${lines}`;
  for (const part of chosen) {
    const report = createReport();
    report.paragraph(describeMachine(command, `Node ${process.version}`));
    await measures[part](report, queries, { readLive, size });
    if (values.write) report.writeInto(join(repositoryRoot, 'docs/dashboard-cost.md'), part);
  }
}

interface Context {
  readonly size: { readonly instances: number; readonly hours: number; readonly lines: number };
  /** Starts a system at the first call, which takes minutes. */
  readLive(): Promise<LiveSystem>;
}

type Measure = (
  report: Report,
  queries: readonly DashboardQuery[],
  context: Context,
) => Promise<void>;

const measures: Readonly<Record<(typeof parts)[number], Measure>> = {
  metrics: measureMetrics,
  logs: measureLogs,
  sql: reportSql,
};

async function measureMetrics(
  report: Report,
  queries: readonly DashboardQuery[],
  { readLive, size: { instances, hours } }: Context,
): Promise<void> {
  const live = await readLive();
  return withTemporaryFolder(async (folder) => {
    const startedAt = Date.now();
    const series = multiply(live.series, instances);
    const data = join(folder, 'data');
    const history = await writeHistory(data, series, { endMs: Date.now(), hours });
    describeHistory(report, history, { live, instances, tookMs: Date.now() - startedAt });
    const prometheus = await startPrometheus(folder);
    try {
      await reportMetrics(report, queries, { ...prometheus, atMs: history.to - 1 });
    } finally {
      await prometheus.stop();
    }
  });
}

async function measureLogs(
  report: Report,
  queries: readonly DashboardQuery[],
  { readLive, size }: Context,
): Promise<void> {
  if (!hasLoki()) {
    report.paragraph('Log queries are not measured: `loki` is not on `PATH`.');
    return;
  }
  const { lines: templates } = await readLive();
  await reportLogs(report, queries, { templates, lineCount: size.lines });
}
