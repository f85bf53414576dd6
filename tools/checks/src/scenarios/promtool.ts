import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTemporaryFolder } from '@watchkeeper/drills/systems/temporary-stack';
import { runCommand } from '@watchkeeper/stack/run-command';
import { stringify } from 'yaml';
import { type RuleGroup, selectRelevantRules } from './relevant-rules.ts';
import type { Scenario } from './schema.ts';
import { expandSignal } from './series.ts';

/** When each alert fired first, in seconds since the scenario's beginning. */
export type Firings = ReadonlyMap<string, number>;

/**
 * Plays a scenario through Prometheus' own rule engine, by promtool.
 * @throws Error with promtool's output when it cannot read the rules or the series
 */
export async function playScenario(
  scenario: Scenario,
  { promtool, groups }: { promtool: string; groups: readonly RuleGroup[] },
): Promise<Firings> {
  return withTemporaryFolder(async (folder) => {
    const file = join(folder, 'scenario.yml');
    const { rules, test } = testFiles(scenario, groups);
    writeFileSync(join(folder, rulesName), stringify(rules));
    writeFileSync(file, stringify(test));
    // It exits with 1 because the watchdog fires in every scenario.
    const { stdout, stderr } = await runCommand(promtool, ['test', 'rules', file]);
    return readFirings(stdout + stderr);
  });
}

const rulesName = 'rules.yml';

/** A rule test that expects no samples, so that promtool prints the actual ones. */
function testFiles({ interval, signals }: Scenario, allGroups: readonly RuleGroup[]) {
  const series = signals.flatMap((signal) => expandSignal(signal, interval));
  const names = series.map((each) => each.series.split('{')[0] ?? '');
  const groups = selectRelevantRules(allGroups, names);
  const seconds = Math.max(
    ...signals.map(({ phases }) => phases.reduce((sum, phase) => sum + phase.for, 0)),
  );
  const first = `min_over_time(timestamp(ALERTS{alertstate="firing"})[${seconds}s:${interval}s])`;
  const test = {
    rule_files: [rulesName],
    // Without an order promtool uses any, and verdicts would differ between runs.
    group_eval_order: groups.map(({ name }) => name),
    evaluation_interval: `${interval}s`,
    tests: [
      {
        interval: `${interval}s`,
        input_series: series,
        promql_expr_test: [
          { expr: `min by (alertname) (${first})`, eval_time: `${seconds}s`, exp_samples: [] },
        ],
      },
    ],
  };
  return { rules: { groups: groups.map(withoutMetrics) }, test };
}

function withoutMetrics({ rules, ...group }: RuleGroup) {
  return { ...group, rules: rules.map(({ metrics: _, ...rule }) => rule) };
}

function readFirings(output: string): Firings {
  // Nothing fired: the baseline has no watchdog.
  if (/^\s*SUCCESS\s*$/.test(output)) return new Map();
  const got = /^\s*got: (.*)$/m.exec(output)?.[1];
  if (got === undefined)
    throw new Error(`Expected promtool to judge the scenario, got:\n${output}`);
  const pairs = [...got.matchAll(/\{alertname="(\w+)"\} ([\d.E+]+)/g)];
  return new Map(pairs.map(([, name = '', seconds]) => [name, Number(seconds)]));
}
