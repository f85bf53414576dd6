import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repositoryRoot, type Stack, startStack } from '@watchkeeper/stack';
import { createPrometheusClient } from '@watchkeeper/testing/prometheus';
import type { Report } from '../load/report.ts';
import { type Usage, watchUsage } from '../machine/usage.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { recordMetrics } from './recording.ts';
import { perCycle, type RuleCost, watchRules } from './rule-costs.ts';

const monitoring = join(repositoryRoot, 'monitoring');

const instancesOfEach = 100;
const cycleSeconds = 5;
const boundMs = 200;

// Recorded until rare routes have been asked for; watched, for as long as the longest interval, once
// the windows of two minutes are full, and most of the five that objectives look at.
const spans = { recorded: 45, filled: 170, watched: 65 };

/** Measures what a cycle of evaluations costs with a hundred instances of each app. */
export async function measureEvaluation(report: Report): Promise<void> {
  const load = loadavg().map((each) => each.toFixed(1));
  const recordings = await recordMetrics(spans.recorded);
  const fleet = await startFleet(recordings, instancesOfEach);
  const folder = mkdtempSync(join(tmpdir(), 'watchkeeper-rules-'));
  let stack: Stack | undefined;
  try {
    stack = await startPrometheus(folder, fleet);
    const prometheus = createPrometheusClient(stack.address('prometheus'));
    await sleep(spans.filled * 1_000);
    const endUsage = watchUsage(stack.state.components);
    const { groups, rules } = await watchRules(prometheus, spans.watched);
    const figure = async (expression: string) =>
      (await prometheus.query(expression))[0]?.value ?? Number.NaN;
    const [processor] = cpus();
    report.say(
      `Measured on ${new Date().toISOString().slice(0, 10)} by \`npm run bench -- alerts evaluation\`: ` +
        `${cpus().length} cores of ${processor?.model.trim()}, Prometheus ` +
        `${await versionOf(prometheus)}, the shipped configuration. Load average of the machine ` +
        `before it began (1, 5, 15 minutes): ${load.join(', ')}.`,
    );
    reportScale(report, endUsage(), {
      targets: await figure('sum(up)'),
      series: await figure('prometheus_tsdb_head_series'),
      missed: await figure('sum(increase(prometheus_rule_group_iterations_missed_total[3m]))'),
      failed: await figure('sum(increase(prometheus_rule_evaluation_failures_total[3m]))'),
    });
    reportCosts(report, groups, rules);
  } finally {
    await stack?.stop();
    fleet.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The shipped configuration, but for who is scraped and who is told. */
async function startPrometheus(folder: string, fleet: Fleet): Promise<Stack> {
  const copy = join(folder, 'monitoring');
  cpSync(join(monitoring, 'prometheus'), join(copy, 'prometheus'), { recursive: true });
  writeFileSync(join(copy, 'prometheus/targets/services.yml'), fleet.targets);
  const file = join(copy, 'prometheus/prometheus.yml');
  const text = readFileSync(file, 'utf8').replaceAll('alertmanager:9093', fleet.address);
  writeFileSync(file, text);
  return startStack({
    stateFolder: join(folder, 'state'),
    monitoringFolder: copy,
    ports: 'free',
    components: ['prometheus'],
  });
}

async function versionOf(prometheus: ReturnType<typeof createPrometheusClient>): Promise<string> {
  return (await prometheus.get<{ version: string }>('status/buildinfo')).version;
}

function reportScale(
  report: Report,
  usage: Usage,
  figures: Readonly<Record<'targets' | 'series' | 'missed' | 'failed', number>>,
): void {
  const whole = (number: number) => Math.round(number).toLocaleString('en');
  const [prometheus] = usage.components;
  report.say(
    `${whole(figures.targets)} targets answered, ${whole(figures.series)} series. Prometheus used ` +
      `${prometheus?.cores.toFixed(2)} cores, scrapes included, and had ` +
      `${whole(prometheus?.residentMebibytes ?? Number.NaN)} MiB resident. In three minutes ` +
      `${whole(figures.missed)} evaluations were left out and ${whole(figures.failed)} failed.`,
  );
}

function reportCosts(report: Report, groups: RuleCost[], rules: RuleCost[]): void {
  const sum = groups.reduce((total, group) => total + perCycle(group, cycleSeconds), 0);
  const verdict = sum <= boundMs ? 'at most' : '**over**';
  report.say(
    `All rules together take ${sum.toFixed(0)} ms in a cycle of ${cycleSeconds} s: ${verdict} the ` +
      `${boundMs} ms that they may. The most expensive groups:`,
  );
  const rows = (costs: RuleCost[]) =>
    [...costs]
      .sort((a, b) => perCycle(b, cycleSeconds) - perCycle(a, cycleSeconds))
      .slice(0, 10)
      .map((cost) => [
        cost.name,
        `${cost.intervalSeconds}`,
        cost.meanMs.toFixed(1),
        cost.maxMs.toFixed(1),
        perCycle(cost, cycleSeconds).toFixed(1),
      ]);
  const head = ['every, s', 'mean, ms', 'worst, ms', 'in a cycle, ms'];
  report.table(['group', ...head], rows(groups));
  report.say('The most expensive rules:');
  report.table(['group: rule', ...head], rows(rules));
}
