import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTemporaryFolder } from '@watchkeeper/drills/systems/temporary-stack';
import { runCommand } from '@watchkeeper/stack/run-command';
import { parseDuration } from '@watchkeeper/viewer/model/duration';
import { stringify } from 'yaml';
import { type RuleGroup, selectRelevantRules } from './relevant-rules.ts';
import type { Scenario } from './schema.ts';
import { expandSignal } from './series.ts';

/** Alerts that fired, by name. */
export type Firings = ReadonlyMap<string, Firing>;

interface Firing {
  /** In seconds since the scenario's beginning. */
  readonly firstAt: number;
  /** While it fired, all of its series together. */
  readonly seconds: number;
  /** Seconds between two evaluations: how exact the others are. */
  readonly interval: number;
}

/** What plays scenarios: Prometheus' tool, and the rules. */
export interface Engine {
  readonly promtool: string;
  readonly groups: readonly RuleGroup[];
}

interface Query {
  readonly expr: string;
  readonly seconds: number;
}

/**
 * Plays a scenario through Prometheus' own rule engine, by promtool: as often as Prometheus evaluates the
 * most frequent of the groups that the scenario is about, and error budgets once a minute.
 * @throws Error with promtool's output when it cannot read the rules or the series
 */
export async function playScenario(scenario: Scenario, engine: Engine): Promise<Firings> {
  const firings: (readonly [string, Firing])[] = [];
  for (const [interval, groups] of groupByInterval(engine.groups, scenario)) {
    firings.push(...(await playGroups(scenario, { ...engine, groups }, interval)));
  }
  return new Map(firings);
}

// That of a group without one of its own, as prometheus.yml says.
const defaultInterval = 30;

/** The relevant groups by the interval in seconds at which they are played. */
export function groupByInterval(
  groups: readonly RuleGroup[],
  scenario: Scenario,
): ReadonlyMap<number, readonly RuleGroup[]> {
  const relevant = selectForScenario(groups, scenario);
  // Nothing else reads their recordings, and their windows are most of promtool's work.
  const isBudget = ({ name }: RuleGroup) => name.startsWith('slo');
  const others = relevant.filter((group) => !isBudget(group));
  // promtool has one interval for all groups.
  const shortest = Math.min(...others.filter(readsSeries).map(intervalOf));
  const usual = Math.max(Number.isFinite(shortest) ? shortest : 0, scenario.interval);
  return Map.groupBy(relevant, (group) =>
    isBudget(group) ? Math.max(60, scenario.interval) : usual,
  );
}

function readsSeries({ rules }: RuleGroup): boolean {
  return rules.some(({ metrics }) => metrics.length > 0);
}

function intervalOf({ interval }: RuleGroup): number {
  return (parseDuration(interval ?? '') ?? defaultInterval * 1_000) / 1_000;
}

/** The groups with the rules that can make an alert fire from a scenario's series. */
export function selectForScenario(
  groups: readonly RuleGroup[],
  { interval, signals }: Scenario,
): readonly RuleGroup[] {
  const series = signals.flatMap((signal) => expandSignal(signal, interval));
  return selectRelevantRules(
    groups,
    series.map((each) => each.series.split('{')[0] ?? ''),
  );
}

async function playGroups(scenario: Scenario, engine: Engine, interval: number): Promise<Firings> {
  const seconds = lengthOf(scenario);
  // The range begins before the first instant, which it would leave out otherwise.
  const range = `[${seconds + 1}s:${interval}s]`;
  const firing = 'ALERTS{alertstate="firing"}';
  const expressions = [
    `min by (alertname) (min_over_time(timestamp(${firing})${range}))`,
    `sum by (alertname) (count_over_time(${firing}${range}))`,
  ];
  const queries = expressions.map((expr) => ({ expr, seconds }));
  return readFirings(await queryScenario(scenario, engine, queries, interval), interval);
}

/** The scenario's duration in seconds. */
export function lengthOf({ signals }: Scenario): number {
  return Math.max(
    ...signals.map(({ phases }) => phases.reduce((sum, phase) => sum + phase.for, 0)),
  );
}

/** Plays a scenario by exactly these groups, and returns what promtool prints: each query's result. */
export async function queryScenario(
  scenario: Scenario,
  { promtool, groups }: Engine,
  queries: readonly Query[],
  evaluationInterval = scenario.interval,
): Promise<string> {
  return withTemporaryFolder(async (folder) => {
    const file = join(folder, 'scenario.yml');
    const { rules, test } = testFiles(scenario, groups, queries, evaluationInterval);
    writeFileSync(join(folder, rulesName), stringify(rules));
    writeFileSync(file, stringify(test));
    // It exits with 1 because the watchdog fires in every scenario.
    const { stdout, stderr } = await runCommand(promtool, ['test', 'rules', file]);
    return stdout + stderr;
  });
}

const rulesName = 'rules.yml';

/** A rule test that expects no samples, so that promtool prints the actual ones. */
function testFiles(
  { interval, signals }: Scenario,
  groups: readonly RuleGroup[],
  queries: readonly Query[],
  evaluationInterval: number,
) {
  const series = signals.flatMap((signal) => expandSignal(signal, interval));
  const test = {
    rule_files: [rulesName],
    // Without an order promtool uses any, and verdicts would differ between runs.
    group_eval_order: groups.map(({ name }) => name),
    evaluation_interval: `${evaluationInterval}s`,
    tests: [
      {
        interval: `${interval}s`,
        input_series: series,
        promql_expr_test: queries.map(({ expr, seconds }) => ({
          ...{ expr, eval_time: `${seconds}s`, exp_samples: [] },
        })),
      },
    ],
  };
  return { rules: { groups: groups.map(withoutMetrics) }, test };
}

function withoutMetrics({ rules, ...group }: RuleGroup) {
  return { ...group, rules: rules.map(({ metrics: _, ...rule }) => rule) };
}

function readFirings(output: string, interval: number): Firings {
  // Nothing fired: the baseline has no watchdog.
  if (/^\s*SUCCESS\s*$/.test(output)) return new Map();
  const [first, evaluations] = [...output.matchAll(/^\s*got: (.*)$/gm)].map(([, got = '']) => {
    const pairs = got.matchAll(/\{alertname="(\w+)"\} ([\d.E+]+)/g);
    return new Map([...pairs].map(([, name = '', value]) => [name, Number(value)]));
  });
  if (first === undefined || evaluations === undefined) {
    throw new Error(`Expected promtool to judge the scenario, got:\n${output}`);
  }
  return new Map(
    [...first].map(([name, firstAt]) => [
      name,
      { firstAt, seconds: (evaluations.get(name) ?? 0) * interval, interval },
    ]),
  );
}
