import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboards } from '@watchkeeper/dashboards';
import { readAllAlerts } from '../alerts/alert-rules.ts';
import type { Check } from '../check.ts';
import { limitProblems } from './limits.ts';
import { linkProblems } from './links.ts';
import { type DashboardModel, dashboardModel } from './model.ts';
import { queryProblems } from './queries.ts';
import { structureProblems } from './structure.ts';

const folder = 'monitoring/grafana/dashboards';

/** Every dashboard as Grafana reads it: complete, correct, portable, and consistent with the rules. */
export const dashboardsCheck: Check = {
  name: 'dashboards',
  async run(root) {
    const alerts = readAllAlerts(root);
    const models = readDashboards(root);
    return dashboards.flatMap((spec) => {
      const model = models.find(({ uid }) => uid === spec.uid);
      if (model === undefined) return [`${folder}/${spec.uid}.json: is missing.`];
      const problems = [
        ...structureProblems(model),
        ...queryProblems(model),
        ...linkProblems(model, models),
        ...limitProblems(spec, model, alerts),
      ];
      return problems.map((problem) => `${folder}/${spec.uid}.json: ${problem}`);
    });
  },
};

/** The committed dashboards; throws where one does not have the classic model. */
export function readDashboards(root: string): DashboardModel[] {
  return dashboards.map(({ uid }) =>
    dashboardModel.parse(JSON.parse(readFileSync(join(root, folder, `${uid}.json`), 'utf8'))),
  );
}
