import { type DashboardModel, nameOf, type PanelModel } from './model.ts';
import { portabilityProblems } from './portability.ts';

const maxPanels = 12;
const gridWidth = 24;
const minDescriptionLength = 60;

/** Of units, descriptions, legends and places of panels, and of portability. */
export function structureProblems(dashboard: DashboardModel): string[] {
  const { panels } = dashboard;
  const problems = panels.flatMap((panel) =>
    panelProblems(panel).map((problem) => `${nameOf(panel)}: ${problem}`),
  );
  if (panels.length > maxPanels) {
    problems.push(`expected at most ${maxPanels} panels, got ${panels.length}.`);
  }
  const ids = panels.map(({ id }) => id);
  for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) {
    problems.push(`expected each panel's id once, got ${id} again.`);
  }
  return [...problems, ...positionProblems(panels), ...portabilityProblems(dashboard)];
}

function panelProblems({ type, description = '', fieldConfig, targets, options }: PanelModel) {
  const { unit, noValue } = fieldConfig.defaults;
  const problems: string[] = [];
  if (!unit) problems.push('expected a `unit`.');
  if (!noValue) problems.push('expected a `noValue`, shown without data.');
  for (const part of ['**Normal:**', '**Otherwise:**']) {
    if (!description.includes(part)) problems.push(`expected \`${part}\` in its description.`);
  }
  if (description.length < minDescriptionLength) {
    problems.push(`expected a description of at least ${minDescriptionLength} characters.`);
  }
  if (type === 'timeseries') {
    if (options.legend?.showLegend !== true) problems.push('expected its legend to be shown.');
    const isNamed = ({ legendFormat, rawSql }: (typeof targets)[number]) =>
      Boolean(legendFormat) || rawSql !== undefined;
    if (!targets.every(isNamed)) problems.push('expected a `legendFormat` on each query.');
  }
  if (type === 'logs' && options.enableLogDetails !== true) {
    problems.push('expected `enableLogDetails`: without it a line has no link to its trace.');
  }
  const refIds = targets.map(({ refId }) => refId);
  if (new Set(refIds).size < refIds.length) problems.push('expected each `refId` once.');
  return problems;
}

function positionProblems(panels: readonly PanelModel[]): string[] {
  return panels.flatMap((panel, index) => {
    const { x, w } = panel.gridPos;
    const beyond = x + w > gridWidth ? [`${nameOf(panel)}: extends beyond the grid.`] : [];
    const over = panels
      .slice(index + 1)
      .filter((other) => isOverlapping(panel.gridPos, other.gridPos))
      .map((other) => `${nameOf(panel)}: overlaps ${nameOf(other)}.`);
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
