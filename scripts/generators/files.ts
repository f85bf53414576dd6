import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { galleyLogEvents } from '@watchkeeper/galley';
import { libraryLogEvents, libraryMetrics } from '@watchkeeper/telemetry';
import { apiLogEvents, apiMetrics } from '../../apps/api/src/catalogue.ts';
import { externalsLogEvents, externalsMetrics } from '../../apps/externals/src/catalogue.ts';
import { gatewayLogEvents, gatewayMetrics } from '../../apps/gateway/src/catalogue.ts';
import { realtimeLogEvents, realtimeMetrics } from '../../apps/realtime/src/catalogue.ts';
import { trafficLogEvents, trafficMetrics } from '../../apps/traffic/src/catalogue.ts';
import { workerLogEvents, workerMetrics } from '../../apps/worker/src/catalogue.ts';
import { readSlos, type Slo } from '../slo/document.ts';
import { sloRules } from '../slo/rules.ts';
import { addressedFiles, readAddresses, rewriteBases } from './addresses.ts';
import { dashboardPages } from './dashboard-pages.ts';
import { dashboardFiles } from './dashboards.ts';
import type { GeneratedFile } from './generated-file.ts';
import { logEventReference, metricReference } from './reference.ts';
import { runbookIndex } from './runbook-index.ts';

const root = join(import.meta.dirname, '../..');

/** Every generated file as it should be now. */
export function generatedFiles(): readonly GeneratedFile[] {
  return [
    {
      path: 'docs/metrics.md',
      content: metricReference([
        { owner: '@watchkeeper/telemetry', catalogue: libraryMetrics },
        { owner: 'api', catalogue: apiMetrics },
        { owner: 'externals', catalogue: externalsMetrics },
        { owner: 'gateway', catalogue: gatewayMetrics },
        { owner: 'realtime', catalogue: realtimeMetrics },
        { owner: 'traffic', catalogue: trafficMetrics },
        { owner: 'worker', catalogue: workerMetrics },
      ]),
    },
    {
      path: 'docs/log-events.md',
      content: logEventReference([
        { owner: '@watchkeeper/telemetry', catalogue: libraryLogEvents },
        { owner: '@watchkeeper/galley', catalogue: galleyLogEvents },
        { owner: 'api', catalogue: apiLogEvents },
        { owner: 'externals', catalogue: externalsLogEvents },
        { owner: 'gateway', catalogue: gatewayLogEvents },
        { owner: 'realtime', catalogue: realtimeLogEvents },
        { owner: 'traffic', catalogue: trafficLogEvents },
        { owner: 'worker', catalogue: workerLogEvents },
      ]),
    },
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
export function allSlos(): readonly Slo[] {
  const folder = join(root, 'monitoring/slo');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yml'))
    .flatMap((file) =>
      readSlos(readFileSync(join(folder, file), 'utf8'), `monitoring/slo/${file}`),
    );
}
