import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiLogEvents, apiMetrics } from '@watchkeeper/api/catalogue';
import { galleyLogEvents } from '@watchkeeper/galley';
import { gatewayLogEvents, gatewayMetrics } from '@watchkeeper/gateway/catalogue';
import { oncallLogEvents, oncallMetrics } from '@watchkeeper/oncall/catalogue';
import { realtimeLogEvents, realtimeMetrics } from '@watchkeeper/realtime/catalogue';
import { repositoryRoot } from '@watchkeeper/stack';
import { libraryLogEvents, libraryMetrics } from '@watchkeeper/telemetry';
import { trafficLogEvents, trafficMetrics } from '@watchkeeper/traffic/catalogue';
import { workerLogEvents, workerMetrics } from '@watchkeeper/worker/catalogue';
import { readSlos, type Slo } from '../slo/document.ts';
import { sloRules } from '../slo/rules.ts';
import { addressedFiles, readAddresses, rewriteBases } from './addresses.ts';
import { dashboardPages } from './dashboard-pages.ts';
import { dashboardFiles } from './dashboards.ts';
import type { GeneratedFile } from './generated-file.ts';
import { logEventReference, metricReference } from './reference.ts';
import { runbookIndex } from './runbook-index.ts';

const root = repositoryRoot;

/** Every generated file as it should be now. */
export function generatedFiles(): readonly GeneratedFile[] {
  return [
    {
      path: 'docs/metrics.md',
      content: metricReference([
        { owner: '@watchkeeper/telemetry', catalogue: libraryMetrics },
        { owner: 'api', catalogue: apiMetrics },
        { owner: 'oncall', catalogue: oncallMetrics },
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
        { owner: 'oncall', catalogue: oncallLogEvents },
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
