import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot as root } from '@watchkeeper/stack';
import { logEventCatalogues, metricCatalogues } from '../names/known-names.ts';
import { listFiles } from '../repository/list-files.ts';
import { readSlos, type Slo } from '../slo/document.ts';
import { sloRules } from '../slo/rules.ts';
import { addressedFiles, readAddresses, rewriteBases } from './addresses.ts';
import { dashboardPages } from './dashboard-pages.ts';
import { dashboardFiles } from './dashboards.ts';
import type { GeneratedFile } from './generated-file.ts';
import { logEventReference, metricReference } from './reference.ts';
import { runbookIndex } from './runbook-index.ts';

/** Every generated file with its current content. */
export function generatedFiles(): readonly GeneratedFile[] {
  return [
    { path: 'docs/metrics.md', content: metricReference(metricCatalogues) },
    { path: 'docs/log-events.md', content: logEventReference(logEventCatalogues) },
    {
      path: 'monitoring/prometheus/rules/slo.rules.yml',
      content: rewriteBases(sloRules(allSlos()), readAddresses(root)),
    },
    runbookIndex(root),
    ...dashboardFiles(),
    ...dashboardPages(root),
    ...addressedFiles(root),
  ];
}

/** The objectives of every file, in the order of the files. */
function allSlos(): readonly Slo[] {
  return listFiles(root, 'monitoring/slo', '.yml').flatMap((file) =>
    readSlos(readFileSync(join(root, file), 'utf8'), file),
  );
}
