import { annotations, home } from '@watchkeeper/dashboards';
import type { DashboardModel } from './model.ts';

/** It must work in a Grafana that has never heard of this repository. */
export function portabilityFaults(dashboard: DashboardModel): string[] {
  const variables = dashboard.templating.list.filter(({ type }) => type === 'datasource');
  const chosen = variables.map(({ name }) => `\${${name}}`);
  const references = [
    ...dashboard.panels.flatMap(({ datasource, targets }) => [
      datasource,
      ...targets.map((target) => target.datasource),
    ]),
    ...dashboard.annotations.list.map(({ datasource }) => datasource),
  ];
  const fixed = references.filter(({ uid }) => !chosen.includes(uid));
  const faults = [...new Set(fixed.map(({ uid }) => uid))].map(
    (uid) => `expected data sources by variables of type \`datasource\`, got \`${uid}\`.`,
  );
  if ('__inputs' in dashboard) faults.push('expected no `__inputs`: provisioning ignores them.');
  if (/https?:\/\/(localhost|127\.)/.test(JSON.stringify(dashboard))) {
    faults.push('expected no address of this machine.');
  }
  if (!dashboard.links.some(({ type, tags }) => type === 'dashboards' && tags.length > 0)) {
    faults.push('expected a link to the other dashboards by their tag.');
  }
  if (dashboard.id !== undefined && dashboard.id !== null) {
    faults.push('expected no `id`: an import would be taken for a change of another dashboard.');
  }
  const isHome = dashboard.uid === home;
  if (isHome && dashboard.links.some((link) => link.asDropdown === true)) {
    faults.push('expected the ways to all dashboards in sight, for it is home.');
  }
  return [...faults, ...markFaults(dashboard), ...choiceFaults(dashboard)];
}

/** What was deployed and what fired stands in every picture. */
function markFaults(dashboard: DashboardModel): string[] {
  const drawn = dashboard.annotations.list.map(({ expr }) => expr);
  return annotations
    .filter(({ expression }) => !drawn.includes(expression))
    .map(({ name }) => `expected the mark “${name}”.`);
}

/** Every target has `up`, whatever else it exposes: services are chosen from what it names. */
function choiceFaults({ templating }: DashboardModel): string[] {
  return templating.list
    .filter(({ type }) => type === 'query')
    .filter(({ definition }) => !/^label_values\(up[,{]/.test(String(definition)))
    .map(({ name }) => `expected the choice of \`${name}\` to be filled from \`up\`.`);
}
