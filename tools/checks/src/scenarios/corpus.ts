import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { parse } from 'yaml';
import { listFiles } from '../repository/list-files.ts';
import { judge, type Verdict } from './precision-recall.ts';
import { playScenario } from './promtool.ts';
import { readScenarios, type Scenario } from './schema.ts';

const folder = 'monitoring/prometheus/scenarios';

/** Every scenario of the repository, by the order of the files. */
export function readCorpus(root: string): readonly Scenario[] {
  return listFiles(root, folder, '.yml').flatMap((file) =>
    readScenarios(readFileSync(join(root, file), 'utf8'), file),
  );
}

/** The rule files that Prometheus loads. */
export function shippedRules(root: string): readonly string[] {
  const files = listFiles(root, 'monitoring/prometheus/rules', '.rules.yml');
  return files.map((file) => join(root, file));
}

/** The baseline: the original specification's rules, unchanged. */
export function usualRules(root: string): readonly string[] {
  return [join(root, folder, 'baseline/usual.rules.yml')];
}

/** Plays as many scenarios at once as there are cores. */
export async function judgeCorpus(
  scenarios: readonly Scenario[],
  tools: { promtool: string; ruleFiles: readonly string[] },
): Promise<readonly Verdict[]> {
  const known = alertsOf(tools.ruleFiles);
  const queue = new PQueue({ concurrency: availableParallelism() });
  return queue.addAll(
    scenarios.map(
      (scenario) => async () => judge(scenario, await playScenario(scenario, tools), known),
    ),
  );
}

/** The names of the alerts that the files define. */
function alertsOf(ruleFiles: readonly string[]): ReadonlySet<string> {
  const rules = ruleFiles.flatMap((file) => {
    const { groups } = parse(readFileSync(file, 'utf8')) as {
      groups: { rules: { alert?: string }[] }[];
    };
    return groups.flatMap((group) => group.rules);
  });
  return new Set(rules.flatMap(({ alert }) => alert ?? []));
}
