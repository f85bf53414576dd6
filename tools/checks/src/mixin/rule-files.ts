import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readAddresses } from '../generators/addresses.ts';
import type { GeneratedFile } from '../generators/generated-file.ts';
import { listFiles } from '../repository/list-files.ts';
import { readGroupConfig, readSeverities } from './config.ts';
import { renderRules } from './render.ts';

const ending = '.rules.yml';
// Prometheus' rules, and those of Loki's ruler.
const folders = [
  { templates: 'monitoring/prometheus/templates', rules: 'monitoring/prometheus/rules' },
  { templates: 'monitoring/loki/templates', rules: 'monitoring/loki/rules/fake' },
];

/** Every rule file that is made from a template and a file of `monitoring/config`. */
export function ruleFiles(root: string): GeneratedFile[] {
  const common = { addresses: readAddresses(root), severities: readSeverities(root) };
  return folders.flatMap(({ templates, rules }) =>
    listFiles(root, templates, ending).map((path) => {
      const config = readGroupConfig(root, basename(path, ending));
      const template = readFileSync(join(root, path), 'utf8');
      return {
        path: `${rules}/${basename(path)}`,
        content: renderRules({ ...common, path, template, config }),
      };
    }),
  );
}
