import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTemporaryFolder } from '@watchkeeper/drills/systems/temporary-stack';
import { runCommand } from '@watchkeeper/stack/run-command';
import { parse, stringify } from 'yaml';
import type { Scenario } from './schema.ts';
import { expandSignal, type InputSeries } from './series.ts';

/** When each alert fired first, in seconds since the scenario's beginning. */
export type Firings = ReadonlyMap<string, number>;

/**
 * Plays a scenario through Prometheus' own rule engine, by promtool.
 * @throws Error with promtool's words when it can't read the rules or the series
 */
export async function playScenario(
  scenario: Scenario,
  { promtool, ruleFiles }: { promtool: string; ruleFiles: readonly string[] },
): Promise<Firings> {
  return withTemporaryFolder(async (folder) => {
    const file = join(folder, 'scenario.yml');
    writeFileSync(file, stringify(testFile(scenario, ruleFiles)));
    // It exits with 1 because the watchdog fires in every scenario.
    const { stdout, stderr } = await runCommand(promtool, ['test', 'rules', file]);
    return readFirings(stdout + stderr);
  });
}

/** A rule test that expects nothing, so that promtool prints what there was instead. */
function testFile({ interval, signals }: Scenario, ruleFiles: readonly string[]) {
  const series = signals.flatMap((signal) => expandSignal(signal, interval));
  const seconds = Math.max(
    ...signals.map(({ phases }) => phases.reduce((sum, phase) => sum + phase.for, 0)),
  );
  const first = `min_over_time(timestamp(ALERTS{alertstate="firing"})[${seconds}s:${interval}s])`;
  const files = ruleFiles.filter((file) => concerns(file, series));
  return {
    rule_files: files,
    // Without an order promtool takes any, and a verdict would not be the same twice.
    group_eval_order: files.flatMap(groupsOf),
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
}

const always = 'Watchdog';

/** Whether a rule file can have anything to say: one that names no metric of the series can't. */
function concerns(file: string, series: readonly InputSeries[]): boolean {
  const text = readFileSync(file, 'utf8');
  return (
    text.includes(always) || series.some((one) => text.includes(one.series.split('{')[0] ?? ''))
  );
}

function groupsOf(file: string): string[] {
  const { groups } = parse(readFileSync(file, 'utf8')) as { groups: { name: string }[] };
  return groups.map(({ name }) => name);
}

function readFirings(output: string): Firings {
  // Nothing fired, as was expected: the usual rules have no watchdog.
  if (/^\s*SUCCESS\s*$/.test(output)) return new Map();
  const got = /^\s*got: (.*)$/m.exec(output)?.[1];
  if (got === undefined)
    throw new Error(`Expected promtool to judge the scenario, got:\n${output}`);
  const pairs = [...got.matchAll(/\{alertname="(\w+)"\} ([\d.E+]+)/g)];
  return new Map(pairs.map(([, name = '', seconds]) => [name, Number(seconds)]));
}
