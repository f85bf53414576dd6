import { galleyLogEvents } from '@watchkeeper/galley';
import { libraryLogEvents, libraryMetrics } from '@watchkeeper/telemetry';
import { apiLogEvents, apiMetrics } from '../../apps/api/src/catalogue.ts';
import { externalsLogEvents, externalsMetrics } from '../../apps/externals/src/catalogue.ts';
import { trafficLogEvents, trafficMetrics } from '../../apps/traffic/src/catalogue.ts';
import { logEventReference, metricReference } from './reference.ts';

/** A file that is made from a source and committed. */
export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly content: string;
}

/** Every generated file as it should be now. */
export function generatedFiles(): readonly GeneratedFile[] {
  return [
    {
      path: 'docs/metrics.md',
      content: metricReference([
        { owner: '@watchkeeper/telemetry', catalogue: libraryMetrics },
        { owner: 'api', catalogue: apiMetrics },
        { owner: 'externals', catalogue: externalsMetrics },
        { owner: 'traffic', catalogue: trafficMetrics },
      ]),
    },
    {
      path: 'docs/log-events.md',
      content: logEventReference([
        { owner: '@watchkeeper/telemetry', catalogue: libraryLogEvents },
        { owner: '@watchkeeper/galley', catalogue: galleyLogEvents },
        { owner: 'api', catalogue: apiLogEvents },
        { owner: 'externals', catalogue: externalsLogEvents },
        { owner: 'traffic', catalogue: trafficLogEvents },
      ]),
    },
  ];
}
