import { buildDashboard, dashboards } from '@watchkeeper/dashboards';
import type { GeneratedFile } from './generated-file.ts';

/** Each dashboard as Grafana reads it, made from `monitoring/dashboards/src`. */
export function dashboardFiles(): GeneratedFile[] {
  return dashboards.map((spec) => ({
    path: `monitoring/grafana/dashboards/${spec.uid}.json`,
    content: `${JSON.stringify(buildDashboard(spec), null, 2)}\n`,
  }));
}
