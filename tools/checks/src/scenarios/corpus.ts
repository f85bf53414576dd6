import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { listFiles } from '../repository/list-files.ts';
import { judge, type Verdict } from './precision-recall.ts';
import { playScenario } from './promtool.ts';
import { readRuleGroups } from './relevant-rules.ts';
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
  { promtool, ruleFiles }: { promtool: string; ruleFiles: readonly string[] },
): Promise<readonly Verdict[]> {
  const groups = readRuleGroups(ruleFiles);
  const known = new Set(groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? [])));
  const queue = new PQueue({ concurrency: availableParallelism() });
  return queue.addAll(
    scenarios.map(
      (scenario) => async () =>
        judge(scenario, await playScenario(scenario, { promtool, groups }), known),
    ),
  );
}
