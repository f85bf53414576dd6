import {
  annotations,
  type DashboardSpec,
  dashboards,
  interpolate,
  variableNames,
} from '@watchkeeper/dashboards';
import { stepFor } from '@watchkeeper/viewer/model/interval';

/** A query of a dashboard, as Grafana sends it for a range of a day. */
export interface DashboardQuery {
  readonly dashboard: string;
  /** The panel, annotation or variable. */
  readonly owner: string;
  readonly language: 'promql' | 'logql' | 'sql';
  readonly kind: 'range' | 'instant' | 'lines' | 'values';
  readonly expression: string;
  readonly stepSeconds: number;
}

export const rangeHours = 24;

const range = { from: 0, to: rangeHours * 3_600_000 };
// A window of 1,920 points without its menu; Grafana requests one value for each point of a panel.
const gridPoints = 1_880;
const gridWidth = 24;
// As `annotations.ts` requests.
const annotationStepSeconds = 15;

/** Every query of every dashboard as it opens, with no variable chosen. */
export function allQueries(): DashboardQuery[] {
  return dashboards.flatMap((spec) => [
    ...queriesOfVariables(spec),
    ...queriesOfAnnotations(spec),
    ...queriesOfPanels(spec),
  ]);
}

function queriesOfVariables(spec: DashboardSpec): DashboardQuery[] {
  return variableNames(spec)
    .filter((name) => name === 'job' || name === 'instance')
    .map((name) => ({
      ...{ dashboard: spec.uid, owner: `the variable ${name}`, language: 'promql', kind: 'values' },
      ...{ expression: `up|${name}`, stepSeconds: 0 },
    }));
}

function queriesOfAnnotations({ uid }: DashboardSpec): DashboardQuery[] {
  return annotations.map(({ name, expression }) => ({
    ...{ dashboard: uid, owner: `the annotation “${name}”`, language: 'promql', kind: 'range' },
    ...{ expression: fill(expression), stepSeconds: annotationStepSeconds },
  }));
}

function queriesOfPanels({ uid, panels }: DashboardSpec): DashboardQuery[] {
  return panels.flatMap(({ title, kind, width, maxPoints = gridPoints, queries }) =>
    queries.map(({ language, over, expression }) => {
      const points = Math.min((gridPoints * width) / gridWidth, maxPoints);
      const kindOfValues = over === 'end' ? 'instant' : 'range';
      return {
        ...{ dashboard: uid, owner: title, language, expression: fill(expression) },
        kind: kind === 'logs' ? 'lines' : kindOfValues,
        stepSeconds: stepFor(range, points) / 1_000,
      };
    }),
  );
}

const fill = (expression: string) => interpolate(expression, { __range: `${rangeHours}h` });
