import { buildDashboard, dashboards } from '@watchkeeper/dashboards';
import { repositoryRoot as root } from '@watchkeeper/stack';
import { causeFiles } from '../causes/files.ts';
import type { Check } from '../check.ts';
import { ruleFiles } from '../mixin/rule-files.ts';
import { logEventCatalogues, metricCatalogues } from '../names/known-names.ts';
import { addressedFiles } from './addresses.ts';
import { dashboardPages } from './dashboard-pages.ts';
import { type GeneratedFile, outdatedFiles } from './generated-file.ts';
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
    ...causeFiles(root),
    ...addressedFiles(root),
  ];
}

/** The committed files are what the generator makes today. */
export const generatedCheck: Check = {
  name: 'generated files',
  run: async () =>
    outdatedFiles(root, generatedFiles()).map(
      ({ path }) => `${path}: differs from its source. Run \`npm run generate\`.`,
    ),
};
