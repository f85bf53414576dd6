import type { AnnotationModel } from './dashboard.ts';
import { type Labels, nameSeries, type ResultSeries } from './series.ts';
import type { TimeRange } from './time-range.ts';

/** An annotation drawn across all panels; milliseconds since 1970. */
export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly title: string;
  readonly text: string;
  readonly colour: string;
}

/** The marks of an annotation's query: one for each span without a gap. */
export function marksFrom(
  model: AnnotationModel,
  result: readonly ResultSeries[],
  range: TimeRange,
  stepMs: number,
): readonly Mark[] {
  return result.flatMap(({ metric = {}, values = [] }) => {
    const moments =
      model.useValueForTime === true
        ? [...new Set(values.map(([, value]) => Number(value)))].map((at) => ({ from: at, to: at }))
        : spans(values, stepMs);
    return moments
      .filter(({ from, to }) => to >= range.from && from <= range.to)
      .map((span) => ({ ...span, ...describe(model, metric) }));
  });
}

function describe({ titleFormat, textFormat, name, iconColor }: AnnotationModel, labels: Labels) {
  return {
    title: titleFormat ? nameSeries(titleFormat, labels) : name,
    text: textFormat ? nameSeries(textFormat, labels) : '',
    colour: iconColor ?? 'blue',
  };
}

function spans(
  values: readonly (readonly [number, string])[],
  stepMs: number,
): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const [seconds, value] of values) {
    // Grafana marks values other than zero.
    if (Number(value) === 0) continue;
    const at = seconds * 1_000;
    const last = found.at(-1);
    if (last !== undefined && at - last.to <= stepMs * 1.5) last.to = at;
    else found.push({ from: at, to: at });
  }
  return found;
}
