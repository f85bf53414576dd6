import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDashboard, dashboards } from '@watchkeeper/dashboards';
import { repositoryRoot as root } from '@watchkeeper/stack';
import type { Check } from '../check.ts';
import { ruleFiles } from '../mixin/rule-files.ts';
import { logEventCatalogues, metricCatalogues } from '../names/known-names.ts';
import { addressedFiles } from './addresses.ts';
import { dashboardPages } from './dashboard-pages.ts';
import type { GeneratedFile } from './generated-file.ts';
import { logEventReference, metricReference } from './reference.ts';
import { runbookIndex } from './runbook-index.ts';

/** Every generated file with its current content. */
export function generatedFiles(): readonly GeneratedFile[] {
  return [
    { path: 'docs/metrics.md', content: metricReference(metricCatalogues) },
    { path: 'docs/log-events.md', content: logEventReference(logEventCatalogues) },
    runbookIndex(root),
    ...dashboards.map((spec) => ({
      path: `monitoring/grafana/dashboards/${spec.uid}.json`,
      content: `${JSON.stringify(buildDashboard(spec), null, 2)}\n`,
    })),
    ...dashboardPages(root),
    ...ruleFiles(root),
    ...addressedFiles(root),
  ];
}

/** Those that are missing or differ from what the generator makes today. */
export function outdatedFiles(files = generatedFiles()): readonly GeneratedFile[] {
  return files.filter(({ path, content }) => {
    const file = join(root, path);
    return !existsSync(file) || readFileSync(file, 'utf8') !== content;
  });
}

/** The committed files are what the generator makes today. */
export const generatedCheck: Check = {
  name: 'generated files',
  run: async () =>
    outdatedFiles().map(
      ({ path }) => `${path}: differs from its source. Run \`npm run generate\`.`,
    ),
};
