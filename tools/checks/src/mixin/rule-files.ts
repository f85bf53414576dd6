import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { labelTemplates } from '../causes/alert-labels.ts';
import { readSystems } from '../causes/systems.ts';
import { readAddresses } from '../generators/addresses.ts';
import type { GeneratedFile } from '../generators/generated-file.ts';
import { listFiles } from '../repository/list-files.ts';
import { readBurnAlerts } from '../slo/burns.ts';
import { readAllSlos } from '../slo/document.ts';
import { sloRules } from '../slo/rules.ts';
import { configFileOf, readGroupConfig, readSeverities } from './config.ts';
import { renderRules } from './render.ts';

export const rulesEnding = '.rules.yml';
/** Of Prometheus' rules, and of those of Loki's ruler. */
export const ruleFolders = [
  { templates: 'monitoring/prometheus/templates', rules: 'monitoring/prometheus/rules' },
  { templates: 'monitoring/loki/templates', rules: 'monitoring/loki/rules/fake' },
];

const sloRulesFile = 'monitoring/prometheus/rules/slo.rules.yml';

/** Every rule file: made from a template, or from objectives, and a file of `monitoring/config`. */
export function ruleFiles(root: string): GeneratedFile[] {
  const common = { addresses: readAddresses(root), severities: readSeverities(root) };
  const systems = readSystems(root);
  const made = ruleFolders.flatMap(({ templates, rules }) =>
    listFiles(root, templates, rulesEnding).map((templateFile) => {
      const group = basename(templateFile, rulesEnding);
      const configFile = configFileOf(group);
      const origin = `# Made by \`npm run generate\` from ${templateFile} and\n# ${configFile}; edit those.\n`;
      const content = renderRules({
        ...common,
        labelsOfJob: (label) => labelTemplates(systems, label),
        templateFile,
        configFile,
        template: readFileSync(join(root, templateFile), 'utf8'),
        config: readGroupConfig(root, group),
      });
      return {
        path: `${rules}/${group}${rulesEnding}`,
        content: content.replace(/^groups:$/m, () => `${origin}groups:`),
      };
    }),
  );
  const content = sloRules(readAllSlos(root), { ...common, alerts: readBurnAlerts(root) });
  return [...made, { path: sloRulesFile, content }];
}
