import { annotations, type DashboardSpec, dashboards, interpolate } from '@watchkeeper/dashboards';
import { stepFor } from '@watchkeeper/viewer/model/interval';

/** A query of a dashboard, as Grafana asks it over a day. */
export interface Asked {
  readonly dashboard: string;
  /** The panel, the mark or the variable that it is for. */
  readonly where: string;
  readonly language: 'promql' | 'logql' | 'sql';
  readonly kind: 'range' | 'instant' | 'lines' | 'values';
  readonly expression: string;
  readonly stepSeconds: number;
}

/** How far back everything is asked. */
export const askedHours = 24;

const range = { from: 0, to: askedHours * 3_600_000 };
// A window of 1,920 points without its menu; Grafana asks one value for each point of a panel.
const gridPoints = 1_880;
const gridWidth = 24;
// What `annotations.ts` asks.
const markStepSeconds = 15;

/** Every query of every dashboard with nothing chosen at its top, as it is when it opens. */
export function allAsked(): Asked[] {
  return dashboards.flatMap((spec) => [...ofVariables(spec), ...ofMarks(spec), ...ofPanels(spec)]);
}

function ofVariables({ uid, variables }: DashboardSpec): Asked[] {
  return variables
    .filter((name) => name === 'job' || name === 'instance')
    .map((name) => ({
      ...{ dashboard: uid, where: `the choice of ${name}`, language: 'promql', kind: 'values' },
      ...{ expression: `up|${name}`, stepSeconds: 0 },
    }));
}

function ofMarks({ uid }: DashboardSpec): Asked[] {
  return annotations.map(({ name, expression }) => ({
    ...{ dashboard: uid, where: `the mark “${name}”`, language: 'promql', kind: 'range' },
    ...{ expression: fill(expression), stepSeconds: markStepSeconds },
  }));
}

function ofPanels({ uid, panels }: DashboardSpec): Asked[] {
  return panels.flatMap(({ title, kind, width, maxPoints = gridPoints, queries }) =>
    queries.map(({ language, over, expression }) => {
      const points = Math.min((gridPoints * width) / gridWidth, maxPoints);
      const ofLines = kind === 'logs' ? 'lines' : undefined;
      return {
        ...{ dashboard: uid, where: title, language, expression: fill(expression) },
        kind: ofLines ?? (over === 'end' ? 'instant' : 'range'),
        stepSeconds: stepFor(range, points) / 1_000,
      };
    }),
  );
}

function fill(expression: string): string {
  return interpolate(expression, { __range: `${askedHours}h` });
}
