// What dashboards cost Prometheus, Loki and PostgreSQL: a day of every panel, with a hundred instances
// of each app, ten million lines, and the orders of a thousand restaurants.

import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '@watchkeeper/stack';
import { type Asked, allAsked } from './dashboards/asked.ts';
import { writeHistory } from './dashboards/history.ts';
import { keepLiveSystem, type LiveSystem } from './dashboards/live.ts';
import { hasLoki } from './dashboards/logs/loki.ts';
import { startPrometheus } from './dashboards/prometheus.ts';
import { reportLogs } from './dashboards/report-logs.ts';
import { describeHistory, reportMetrics } from './dashboards/report-metrics.ts';
import { reportSql } from './dashboards/report-sql.ts';
import { multiply } from './dashboards/series.ts';
import { createReport, type Report } from './load/report.ts';

const page = join(repositoryRoot, 'docs/dashboard-cost.md');
const parts = ['metrics', 'logs', 'sql'] as const;
const usage = `npm run bench -- dashboards [--instances 100] [--hours 26] [--lines 10000000] [--live <file>] [--write] [${parts.join('|')}]...

  --instances  of each app, and machines
  --hours      of samples
  --live       file to keep the running system's series and log lines in, and to read them from next time
  --write      put the figures into docs/dashboard-cost.md`;

/** `npm run bench -- dashboards [part]...`, all by default. */
export async function run(parameters: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: parameters,
    options: {
      instances: { type: 'string', default: '100' },
      hours: { type: 'string', default: '26' },
      lines: { type: 'string', default: '10000000' },
      live: { type: 'string' },
      write: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  const size: Size = {
    instances: Number(values.instances),
    hours: Number(values.hours),
    lines: Number(values.lines),
  };
  const isPossible = size.instances >= 1 && size.hours >= 25 && size.lines >= 1;
  const isPart = (name: string) => parts.some((part) => part === name);
  if (!isPossible || !positionals.every(isPart)) {
    console.error(`Expected parts, one instance, 25 hours and a line at least. Usage: ${usage}`);
    process.exit(2);
  }
  const asked = allAsked();
  let known: Promise<LiveSystem> | undefined;
  const readLive = () => {
    known ??= keepLiveSystem(asked, values.live);
    return known;
  };
  for (const part of parts) {
    if (positionals.length > 0 && !positionals.includes(part)) continue;
    const report = createReport();
    describe(report, parameters);
    await measures[part](report, asked, { readLive, size });
    if (values.write) report.writeInto(page, part);
  }
}

interface Measured {
  readonly size: Size;
  /** Starts a system at the first call, which takes minutes. */
  readLive(): Promise<LiveSystem>;
}

interface Size {
  readonly instances: number;
  readonly hours: number;
  readonly lines: number;
}

async function measureMetrics(
  report: Report,
  asked: readonly Asked[],
  { readLive, size: { instances, hours } }: Measured,
): Promise<void> {
  const live = await readLive();
  const folder = mkdtempSync(join(tmpdir(), 'watchkeeper-bench-blocks-'));
  try {
    const startedAt = Date.now();
    const series = multiply(live.series, instances);
    const history = await writeHistory(join(folder, 'data'), series, { endMs: Date.now(), hours });
    describeHistory(report, history, { live, instances, tookMs: Date.now() - startedAt });
    const prometheus = await startPrometheus(folder);
    try {
      await reportMetrics(report, asked, { ...prometheus, atMs: history.to - 1 });
    } finally {
      await prometheus.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureLogs(
  report: Report,
  asked: readonly Asked[],
  { readLive, size: { lines: count } }: Measured,
): Promise<void> {
  if (!hasLoki()) {
    report.say('Log queries are not measured: `loki` is not on `PATH`.');
    return;
  }
  const { lines: templates } = await readLive();
  await reportLogs(report, asked, { templates, count });
}

const measures = { metrics: measureMetrics, logs: measureLogs, sql: reportSql };

function describe(report: Report, parameters: readonly string[]): void {
  const [processor] = cpus();
  const load = loadavg().map((each) => each.toFixed(1));
  const isLocal = (parameter: string, index: number) =>
    parameter === '--write' || parameter === '--live' || parameters[index - 1] === '--live';
  const shown = parameters.filter((parameter, index) => !isLocal(parameter, index));
  const command = ['dashboards', ...shown].join(' ');
  report.say(
    `Measured on ${new Date().toISOString().slice(0, 10)} by \`npm run bench -- ${command}\`: ` +
      `${cpus().length} cores of ${processor?.model.trim()}, load average before it began ` +
      `${load.join(', ')} (1, 5, 15 minutes).`,
  );
}
