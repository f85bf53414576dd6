import { type DashboardModel, nameOf, type PanelModel } from './model.ts';
import { portabilityFaults } from './portability.ts';

const maxPanels = 12;
const gridWidth = 24;
const minDescriptionLength = 60;

/** What a person would miss in a dashboard, or trip over. */
export function structureFaults(dashboard: DashboardModel): string[] {
  const { panels } = dashboard;
  const faults = panels.flatMap((panel) =>
    panelFaults(panel).map((fault) => `${nameOf(panel)}: ${fault}`),
  );
  if (panels.length > maxPanels) {
    faults.push(`expected at most ${maxPanels} panels, got ${panels.length}.`);
  }
  const ids = panels.map(({ id }) => id);
  for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) {
    faults.push(`expected each panel's id once, got ${id} again.`);
  }
  return [...faults, ...placeFaults(panels), ...portabilityFaults(dashboard)];
}

function panelFaults({ type, description = '', fieldConfig, targets, options }: PanelModel) {
  const { unit, noValue } = fieldConfig.defaults;
  const faults: string[] = [];
  if (!unit) faults.push('expected a `unit`.');
  if (!noValue) faults.push('expected a `noValue`, said where there is no data.');
  for (const part of ['**Normal:**', '**Otherwise:**']) {
    if (!description.includes(part)) faults.push(`expected \`${part}\` in its description.`);
  }
  if (description.length < minDescriptionLength) {
    faults.push(`expected a description of at least ${minDescriptionLength} characters.`);
  }
  if (type === 'timeseries') {
    if (options.legend?.showLegend !== true) faults.push('expected its legend to be shown.');
    const isNamed = ({ legendFormat, rawSql }: (typeof targets)[number]) =>
      Boolean(legendFormat) || rawSql !== undefined;
    if (!targets.every(isNamed)) faults.push('expected a `legendFormat` on each query.');
  }
  if (type === 'logs' && options.enableLogDetails !== true) {
    faults.push('expected `enableLogDetails`, without which a line leads to no trace.');
  }
  const refIds = targets.map(({ refId }) => refId);
  if (new Set(refIds).size < refIds.length) faults.push('expected each `refId` once.');
  return faults;
}

function placeFaults(panels: readonly PanelModel[]): string[] {
  return panels.flatMap((panel, index) => {
    const { x, w } = panel.gridPos;
    const beyond = x + w > gridWidth ? [`${nameOf(panel)}: reaches beyond the grid.`] : [];
    const over = panels
      .slice(index + 1)
      .filter((other) => isOverlapping(panel.gridPos, other.gridPos))
      .map((other) => `${nameOf(panel)}: lies over ${nameOf(other)}.`);
    return [...beyond, ...over];
  });
}

function isOverlapping(one: PanelModel['gridPos'], other: PanelModel['gridPos']): boolean {
  return (
    one.x < other.x + other.w &&
    other.x < one.x + one.w &&
    one.y < other.y + other.h &&
    other.y < one.y + one.h
  );
}
