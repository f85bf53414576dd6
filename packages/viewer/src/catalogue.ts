import { counter } from '@watchkeeper/telemetry';

export const viewerMetrics = {
  dashboard_queries_total: counter('Dashboard queries forwarded to their data source.', {
    source: ['prometheus', 'loki'],
    result: ['success', 'error'],
  }),
} as const;
