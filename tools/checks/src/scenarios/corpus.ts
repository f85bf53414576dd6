import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { judge, type Verdict } from './precision-recall.ts';
import { playScenario } from './promtool.ts';
import { readScenarios, type Scenario } from './schema.ts';

const folder = 'monitoring/prometheus/scenarios';

/** Every scenario of the repository, by the order of the files. */
export function readCorpus(root: string): readonly Scenario[] {
  return filesIn(join(root, folder), '.yml').flatMap((file) =>
    readScenarios(readFileSync(join(root, folder, file), 'utf8'), `${folder}/${file}`),
  );
}

/** The rule files that Prometheus loads. */
export function shippedRules(root: string): readonly string[] {
  const rules = join(root, 'monitoring/prometheus/rules');
  return filesIn(rules, '.rules.yml').map((file) => join(rules, file));
}

/** The rules that ours are measured against. */
export function usualRules(root: string): readonly string[] {
  return [join(root, folder, 'baseline/usual.rules.yml')];
}

/** Plays every scenario and judges it, as many at once as there are cores. */
export async function judgeCorpus(
  scenarios: readonly Scenario[],
  tools: { promtool: string; ruleFiles: readonly string[] },
): Promise<readonly Verdict[]> {
  const known = alertsOf(tools.ruleFiles);
  const verdicts = new Map<Scenario, Verdict>();
  const queue = [...scenarios];
  async function work(): Promise<void> {
    for (let scenario = queue.shift(); scenario !== undefined; scenario = queue.shift()) {
      verdicts.set(scenario, judge(scenario, await playScenario(scenario, tools), known));
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return scenarios.flatMap((scenario) => verdicts.get(scenario) ?? []);
}

/** The names of the alerts that the files define. */
export function alertsOf(ruleFiles: readonly string[]): ReadonlySet<string> {
  const rules = ruleFiles.flatMap((file) => {
    const { groups } = parse(readFileSync(file, 'utf8')) as {
      groups: { rules: { alert?: string }[] }[];
    };
    return groups.flatMap((group) => group.rules);
  });
  return new Set(rules.flatMap(({ alert }) => alert ?? []));
}

function filesIn(path: string, ending: string): readonly string[] {
  return readdirSync(path).filter((file) => file.endsWith(ending));
}
