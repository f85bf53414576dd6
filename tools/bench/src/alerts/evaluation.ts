import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  withTemporaryFolder,
  withTemporaryStack,
} from '@watchkeeper/drills/systems/temporary-stack';
import { repositoryRoot, type Stack } from '@watchkeeper/stack';
import { createPrometheusClient } from '@watchkeeper/testing/prometheus';
import { watchUsage } from '../machine/usage.ts';
import { describeMachine, formatCount, type Report } from '../report/report.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { recordMetrics } from './recording.ts';
import { perCycle, type RuleCost, watchRules } from './rule-costs.ts';

const instancesOfEach = 100;
const cycleSeconds = 5;
const limitMs = 200;

// Recorded until rare routes have had requests; watched, for the longest interval, once the windows
// of two minutes are full, and most of the five minutes of objectives.
const spans = { recorded: 45, filled: 170, watched: 65 };

/** Measures the cost of evaluating all rules with a hundred instances of each app. */
export async function measureEvaluation(report: Report): Promise<void> {
  report.paragraph(describeMachine('alerts evaluation', 'the shipped configuration'));
  const fleet = await startFleet(await recordMetrics(spans.recorded), instancesOfEach);
  try {
    await withTemporaryFolder(async (folder) => {
      copyConfiguration(folder, fleet);
      const options = { monitoringFolder: folder, components: ['prometheus'] };
      await withTemporaryStack(options, (stack) => measure(report, stack));
    });
  } finally {
    await fleet.close();
  }
}

/** The shipped configuration, except for the targets and the address of Alertmanager. */
function copyConfiguration(folder: string, { targets, address }: Fleet): void {
  const copy = join(folder, 'prometheus');
  cpSync(join(repositoryRoot, 'monitoring/prometheus'), copy, { recursive: true });
  writeFileSync(join(copy, 'targets/services.yml'), targets);
  const file = join(copy, 'prometheus.yml');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('alertmanager:9093', address));
}

async function measure(report: Report, stack: Stack): Promise<void> {
  const prometheus = createPrometheusClient(stack.address('prometheus'));
  await sleep(spans.filled * 1_000);
  const endUsage = watchUsage(stack.state.components);
  const { groups, rules } = await watchRules(prometheus, spans.watched);
  const { version } = await prometheus.get<{ version: string }>('status/buildinfo');
  const figure = async (expression: string) =>
    formatCount((await prometheus.query(expression))[0]?.value ?? Number.NaN);
  const targets = await figure('sum(up)');
  const series = await figure('prometheus_tsdb_head_series');
  const missed = await figure('sum(increase(prometheus_rule_group_iterations_missed_total[3m]))');
  const failed = await figure('sum(increase(prometheus_rule_evaluation_failures_total[3m]))');
  const [usage] = endUsage().components;
  report.paragraph(
    `${targets} targets, ${series} series. Prometheus ${version} used ` +
      `${usage?.cores.toFixed(2)} cores, scrapes included, and had ` +
      `${formatCount(usage?.residentMebibytes ?? Number.NaN)} MiB resident. In three minutes ` +
      `${missed} evaluations were skipped and ${failed} failed.`,
  );
  reportCosts(report, groups, rules);
}

function reportCosts(report: Report, groups: RuleCost[], rules: RuleCost[]): void {
  const sum = groups.reduce((total, group) => total + perCycle(group, cycleSeconds), 0);
  const verdict = sum <= limitMs ? 'within' : '**over**';
  report.paragraph(
    `All rules together take ${sum.toFixed(0)} ms in a cycle of ${cycleSeconds} s, ${verdict} the ` +
      `limit of ${limitMs} ms. The most expensive groups:`,
  );
  const rows = (costs: RuleCost[]) =>
    costs
      .toSorted((a, b) => perCycle(b, cycleSeconds) - perCycle(a, cycleSeconds))
      .slice(0, 10)
      .map((cost) => [
        ...[cost.name, `${cost.intervalSeconds}`],
        ...[cost.meanMs, cost.maxMs, perCycle(cost, cycleSeconds)].map((ms) => ms.toFixed(1)),
      ]);
  const head = ['interval, s', 'mean, ms', 'worst, ms', 'per cycle, ms'];
  report.table(['group', ...head], rows(groups));
  report.paragraph('The most expensive rules:');
  report.table(['group: rule', ...head], rows(rules));
}
