import { annotations, home } from '@watchkeeper/dashboards';
import type { DashboardModel } from './model.ts';

/** Everything that would not work in another Grafana. */
export function portabilityProblems(dashboard: DashboardModel): string[] {
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
  const problems = [...new Set(fixed.map(({ uid }) => uid))].map(
    (uid) => `expected data sources from variables of type \`datasource\`, got \`${uid}\`.`,
  );
  if ('__inputs' in dashboard) problems.push('expected no `__inputs`: provisioning ignores them.');
  if (/https?:\/\/(localhost|127\.)/.test(JSON.stringify(dashboard))) {
    problems.push('expected no address of this machine.');
  }
  if (!dashboard.links.some(({ type, tags }) => type === 'dashboards' && tags.length > 0)) {
    problems.push('expected a link to the other dashboards by their tag.');
  }
  if (dashboard.id !== undefined && dashboard.id !== null) {
    problems.push('expected no `id`: an import would overwrite another dashboard.');
  }
  const isHome = dashboard.uid === home;
  if (isHome && dashboard.links.some((link) => link.asDropdown === true)) {
    problems.push('expected visible links to all dashboards, as it is the home dashboard.');
  }
  return [...problems, ...annotationProblems(dashboard), ...variableProblems(dashboard)];
}

/** Every dashboard shows deployments and firing alerts. */
function annotationProblems(dashboard: DashboardModel): string[] {
  const drawn = dashboard.annotations.list.map(({ expr }) => expr);
  return annotations
    .filter(({ expression }) => !drawn.includes(expression))
    .map(({ name }) => `expected the annotation “${name}”.`);
}

/** Every target has `up`, whatever else it exposes. */
function variableProblems({ templating }: DashboardModel): string[] {
  return templating.list
    .filter(({ type }) => type === 'query')
    .filter(({ definition }) => !/^label_values\(up[,{]/.test(String(definition)))
    .map(({ name }) => `expected the values of \`${name}\` to come from \`up\`.`);
}
