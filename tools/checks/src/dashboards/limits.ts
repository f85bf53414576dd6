import {
  type DashboardSpec,
  describeLimit,
  limitsOf,
  type PanelSpec,
  stepOf,
} from '@watchkeeper/dashboards';
import type { Alert } from '../alerts/alert-rules.ts';
import { type DashboardModel, nameOf } from './model.ts';

/** Alerts that no panel of the dashboard they lead to shows, and limits that differ from the rules'. */
export function limitFaults(
  spec: DashboardSpec,
  dashboard: DashboardModel,
  alerts: readonly Alert[],
): string[] {
  const shown = spec.panels.flatMap(({ alerts: names = [] }) => names.map(({ name }) => name));
  const missing = alerts
    .filter(({ annotations }) => annotations.dashboard_url?.endsWith(`/d/${spec.uid}`))
    .filter(({ name }) => !shown.includes(name))
    .map(({ name }) => `\`${name}\` leads here, and no panel shows it.`);
  return [...missing, ...spec.panels.flatMap((panel) => drawnFaults(panel, dashboard))];
}

function drawnFaults(spec: PanelSpec, { panels }: DashboardModel): string[] {
  const panel = panels.find(({ id }) => id === spec.id);
  if (panel === undefined) return [`expected a panel ${spec.id}. Run \`npm run generate\`.`];
  const steps = panel.fieldConfig.defaults.thresholds?.steps ?? [];
  const limits = limitsOf(spec.alerts ?? []);
  const undrawn = limits.filter((limit) => !steps.some(({ value }) => value === stepOf(limit)));
  const unsaid = limits.filter(
    (limit) => !panel.description?.includes(describeLimit(limit, spec.unit)),
  );
  const strange = steps.filter(
    ({ value }) => value !== null && !limits.some((limit) => stepOf(limit) === value),
  );
  return [
    ...undrawn.map(({ alert, value }) => `expected the limit ${value} of \`${alert}\`.`),
    ...unsaid.map(({ alert }) => `expected \`${alert}\` and its limit in the description.`),
    ...strange.map(({ value }) => `draws ${value}, which is no limit of its alerts.`),
  ].map((fault) => `${nameOf(panel)}: ${fault}`);
}
