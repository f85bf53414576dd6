import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateAlerts } from '@watchkeeper/backtest/evaluate';
import { createPast, type PastClient } from '@watchkeeper/backtest/prometheus';
import type { Stretch } from '@watchkeeper/backtest/replay';
import { type RuleSet, readRules } from '@watchkeeper/backtest/rules';
import { type Firings, groupByInterval, lengthOf } from '@watchkeeper/checks/scenarios/promtool';
import { type RuleGroup, readRuleGroups } from '@watchkeeper/checks/scenarios/relevant-rules';
import type { Scenario } from '@watchkeeper/checks/scenarios/schema';
import { expandSignal } from '@watchkeeper/checks/scenarios/series';
import { ensureTool } from '@watchkeeper/stack';
import { runOrThrow } from '@watchkeeper/stack/run-command';
import { freePort } from '@watchkeeper/testing/started-process';
import { makeTemporaryFolder } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';

/** A scenario as a stretch of a Prometheus' past, in seconds since 1970. */
interface PastScenario {
  readonly scenario: Scenario;
  readonly start: number;
  readonly end: number;
}

interface Past {
  /** What fires in the scenario of that index, by `npm run backtest`'s own engine. */
  backtest(index: number): Promise<Firings>;
  stop(): Promise<void>;
}

// Longer than the longest window of a rule, so that no scenario sees the one before.
const distance = 40 * 86_400;
// promtool reads all samples once for each block.
const blockLength = '2000d';
// A round number of days, so that the evaluations of all intervals fall on its beginning.
const epoch = 20_000 * 86_400;

/** Starts a Prometheus whose past consists of the scenarios, one after the other. */
export async function startPast(
  scenarios: readonly Scenario[],
  { promtool, ruleFiles }: { promtool: string; ruleFiles: readonly string[] },
): Promise<Past> {
  const folder = makeTemporaryFolder('past');
  const placed = placeScenarios(scenarios);
  const file = join(folder, 'samples.txt');
  writeFileSync(file, toOpenMetrics(placed));
  const data = join(folder, 'data');
  const backfill = ['tsdb', 'create-blocks-from', `--max-block-duration=${blockLength}`];
  await runOrThrow(promtool, [...backfill, 'openmetrics', file, data]);
  const { url, stop } = await startPrometheus(folder, data);
  const rules = readRules(ruleFiles, 15);
  const groups = readRuleGroups(ruleFiles);
  return {
    stop,
    async backtest(index) {
      const one = placed[index];
      if (one === undefined) throw new Error(`Expected the index of a scenario, got \`${index}\`.`);
      return backtestScenario(one, createPast(url), relevantRules(rules, groups, one.scenario));
    },
  };
}

/** As promtool plays a scenario: without the rules that only cost time, and at its intervals. */
function relevantRules(
  { alerts, recordings }: RuleSet,
  groups: readonly RuleGroup[],
  scenario: Scenario,
): RuleSet {
  const intervals = new Map(
    [...groupByInterval(groups, scenario)].flatMap(([interval, some]) =>
      some.flatMap(({ rules }) =>
        rules.map(({ alert, record = '' }) => [alert ?? record, interval] as const),
      ),
    ),
  );
  const intervalOf = (name: string) => intervals.get(name) ?? scenario.interval;
  return {
    alerts: alerts
      .filter(({ name }) => intervals.has(name))
      .map((rule) => ({ ...rule, interval: intervalOf(rule.name) })),
    recordings: new Map(
      [...recordings].map(([name, rules]) => [
        name,
        rules.map((rule) => ({ ...rule, interval: intervalOf(name) })),
      ]),
    ),
  };
}

async function backtestScenario(
  { start, end }: PastScenario,
  past: PastClient,
  rules: RuleSet,
): Promise<Firings> {
  const range = { start, end };
  const covered = [{ from: start, to: end }];
  const known = await past.metricNames(range);
  const evaluations = await evaluateAlerts(rules, { past, covered, range, known });
  const fired = evaluations.filter(({ firings, problem }) => firings.length > 0 || problem);
  return new Map(
    fired.map(({ rule, firings, problem }) => [
      problem === undefined ? rule.name : `${rule.name}: ${problem}`,
      {
        firstAt: (firings[0]?.from ?? 0) - start,
        seconds: sumSeconds(firings, end, rule.interval),
        interval: rule.interval,
      },
    ]),
  );
}

/** The last evaluation of a firing is the one that ends it, but for one that outlasts the past. */
function sumSeconds(firings: readonly Stretch[], end: number, interval: number): number {
  return firings.reduce((sum, { from, to }) => sum + to - from + (to >= end ? interval : 0), 0);
}

function placeScenarios(scenarios: readonly Scenario[]): PastScenario[] {
  let start = epoch;
  return scenarios.map((scenario) => {
    const placed = { scenario, start, end: start + lengthOf(scenario) };
    start = Math.ceil((placed.end + distance) / 86_400) * 86_400;
    return placed;
  });
}

/** The samples of each metric have to stand together. */
function toOpenMetrics(placed: readonly PastScenario[]): string {
  const lines = new Map<string, string[]>();
  const add = (series: string, value: number, seconds: number) => {
    const [name = ''] = series.split('{');
    const known = lines.get(name);
    // OpenMetrics allows no space between labels.
    const line = `${series.replaceAll(', ', ',')} ${value} ${seconds}`;
    if (known) known.push(line);
    else lines.set(name, [line]);
  };
  for (const { scenario, start, end } of placed) {
    const { interval, signals } = scenario;
    for (const { series, values } of signals.flatMap((each) => expandSignal(each, interval))) {
      for (const [index, value] of samplesOf(values).entries()) {
        if (value !== undefined) add(series, value, start + index * interval);
      }
    }
    // Prometheus scrapes itself, so that it is seen to have run.
    for (let time = start; time <= end; time += 15) {
      add('up{job="prometheus",instance="localhost:9090",tier="stack"}', 1, time);
    }
  }
  const types = [...lines].map(
    ([name, samples]) => `# TYPE ${name} unknown\n${samples.join('\n')}`,
  );
  return `${types.join('\n')}\n# EOF\n`;
}

/** The samples of promtool's notation, `a+bxn` and `_xn`; undefined where there is none. */
function samplesOf(values: string): (number | undefined)[] {
  return values.split(' ').flatMap((text) => {
    const [, first = '', sign = '+', step = '0', count = '0'] =
      /^(_|-?[\d.e-]+?)(?:([+-])([\d.e-]+))?(?:x(\d+))?$/.exec(text) ?? [];
    if (first === '_') return Array.from({ length: Number(count) }, () => undefined);
    const by = Number(`${sign}${step}`);
    return Array.from({ length: Number(count) + 1 }, (_, index) => Number(first) + index * by);
  });
}

async function startPrometheus(
  folder: string,
  data: string,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, 'global: {}\n');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { path } = await ensureTool('prometheus');
  const child = spawn(
    path,
    [
      ...[`--config.file=${config}`, `--storage.tsdb.path=${data}`],
      ...[`--web.listen-address=127.0.0.1:${port}`, '--storage.tsdb.retention.time=100y'],
      `--storage.tsdb.max-block-duration=${blockLength}`,
    ],
    { stdio: 'ignore' },
  );
  const exit = once(child, 'exit');
  await waitUntil('Prometheus to be ready', async () => (await fetch(`${url}/-/ready`)).ok);
  return {
    url,
    async stop() {
      child.kill();
      await exit;
    },
  };
}
