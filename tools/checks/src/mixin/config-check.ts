import { basename } from 'node:path';
import { systemsFile } from '../causes/systems.ts';
import { causesFile } from '../causes/table.ts';
import type { Check } from '../check.ts';
import type { GeneratedFile } from '../generators/generated-file.ts';
import { metricCatalogues } from '../names/known-names.ts';
import { listFiles } from '../repository/list-files.ts';
import { burnsFile } from '../slo/burns.ts';
import { configFileOf, configFolder, severitiesFile } from './config.ts';
import { ruleFiles, ruleFolders, rulesEnding } from './rule-files.ts';

/** Each file of `monitoring/config` has its template, each rule file is made, each limit is a bucket. */
export const configCheck: Check = {
  name: 'rules and their values',
  async run(root) {
    const orphans = orphanedConfigs(root);
    // A template without a file of values makes this throw, with its name.
    const made = ruleFiles(root);
    return [...orphans, ...unmadeRules(root, made), ...made.flatMap(bucketProblems)];
  },
};

function orphanedConfigs(root: string): string[] {
  const templates = ruleFolders.flatMap((folder) => listFiles(root, folder.templates, rulesEnding));
  const expected = new Set([
    ...[severitiesFile, burnsFile, causesFile, systemsFile],
    ...templates.map((template) => configFileOf(basename(template, rulesEnding))),
  ]);
  return listFiles(root, configFolder, '.yml')
    .filter((file) => !expected.has(file))
    .map((file) => `${file}: no template of its name reads it. Rename or remove it.`);
}

function unmadeRules(root: string, made: readonly GeneratedFile[]): string[] {
  const paths = new Set(made.map(({ path }) => path));
  return ruleFolders.flatMap(({ templates, rules }) =>
    listFiles(root, rules, rulesEnding)
      .filter((file) => !paths.has(file))
      .map(
        (file) =>
          `${file}: no template makes it. Move it to ${templates}, with its values in ${configFolder}.`,
      ),
  );
}

/** A bucket that the histogram lacks has no series, so the alert would never fire. */
function bucketProblems({ path, content }: GeneratedFile): string[] {
  const selectors = content.matchAll(/(\w+)_bucket[\w:]*\{[^}]*?\ble="([\d.e+-]+)"/g);
  const problems = [...selectors].flatMap(([, name = '', bound = '']) => {
    const { buckets = [] } =
      Object.values(metricCatalogues).flatMap((all) => all[name] ?? [])[0] ?? {};
    if (buckets.length === 0 || buckets.includes(Number(bound))) return [];
    return [
      `${path}: expected a limit of ${name} to be one of its buckets, ${buckets.join(', ')}, got \`${Number(bound)}\`. Choose one of these in ${configFolder}, or add it to the histogram.`,
    ];
  });
  return [...new Set(problems)];
}
