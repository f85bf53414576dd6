import {
  type DashboardSpec,
  describeLimit,
  limitsOf,
  type PanelSpec,
  stepOf,
} from '@watchkeeper/dashboards';
import type { Alert } from '../alerts/alert-rules.ts';
import { type DashboardModel, nameOf } from './model.ts';

/** Of alerts that no panel of their dashboard shows, and of limits that differ from the rules'. */
export function limitProblems(
  spec: DashboardSpec,
  dashboard: DashboardModel,
  alerts: readonly Alert[],
): string[] {
  const shown = spec.panels.flatMap(({ alerts: names = [] }) => names.map(({ name }) => name));
  const missing = alerts
    .filter(({ annotations }) => annotations.dashboard_url?.endsWith(`/d/${spec.uid}`))
    .filter(({ name }) => !shown.includes(name))
    .map(({ name }) => `\`${name}\` links to this dashboard, but no panel shows it.`);
  return [...missing, ...spec.panels.flatMap((panel) => limitProblemsOf(panel, dashboard))];
}

function limitProblemsOf(spec: PanelSpec, { panels }: DashboardModel): string[] {
  const panel = panels.find(({ id }) => id === spec.id);
  if (panel === undefined) return [`expected a panel ${spec.id}. Run \`npm run generate\`.`];
  const steps = panel.fieldConfig.defaults.thresholds?.steps ?? [];
  const limits = limitsOf(spec.alerts ?? []);
  const undrawn = limits.filter((limit) => !steps.some(({ value }) => value === stepOf(limit)));
  const unsaid = limits.filter(
    (limit) => !panel.description?.includes(describeLimit(limit, spec.unit)),
  );
  const invalid = steps.filter(
    ({ value }) => value !== null && !limits.some((limit) => stepOf(limit) === value),
  );
  return [
    ...undrawn.map(
      ({ alert, value }) => `expected a threshold at ${value}, the limit of \`${alert}\`.`,
    ),
    ...unsaid.map(({ alert }) => `expected the description to name \`${alert}\` and its limit.`),
    ...invalid.map(({ value }) => `has a threshold at ${value}, which is no limit of its alerts.`),
  ].map((problem) => `${nameOf(panel)}: ${problem}`);
}
