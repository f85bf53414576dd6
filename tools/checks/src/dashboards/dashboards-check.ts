import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboards } from '@watchkeeper/dashboards';
import { readAllAlerts } from '../alerts/alert-rules.ts';
import type { Check } from '../check.ts';
import { limitFaults } from './limits.ts';
import { linkFaults } from './links.ts';
import { type DashboardModel, dashboardModel } from './model.ts';
import { queryFaults } from './queries.ts';
import { structureFaults } from './structure.ts';

const folder = 'monitoring/grafana/dashboards';

/** Every dashboard as Grafana will read it: complete, right, portable, and true to the rules. */
export const dashboardsCheck: Check = {
  name: 'dashboards',
  async run(root) {
    const alerts = readAllAlerts(root);
    const models = readDashboards(root);
    return dashboards.flatMap((spec) => {
      const model = models.find(({ uid }) => uid === spec.uid);
      if (model === undefined) return [`${folder}/${spec.uid}.json: is missing.`];
      const faults = [
        ...structureFaults(model),
        ...queryFaults(model),
        ...linkFaults(model, models),
        ...limitFaults(spec, model, alerts),
      ];
      return faults.map((fault) => `${folder}/${spec.uid}.json: ${fault}`);
    });
  },
};

/** The committed dashboards; throws at one that is not of the classic model. */
export function readDashboards(root: string): DashboardModel[] {
  return dashboards.map(({ uid }) =>
    dashboardModel.parse(JSON.parse(readFileSync(join(root, folder, `${uid}.json`), 'utf8'))),
  );
}
