import uPlot from 'uplot';
import type { Field } from '../model/dashboard.ts';
import type { SeriesSet } from '../model/series.ts';
import { formatValue } from '../model/units.ts';
import { drawOverlay, type Overlay } from './overlay.ts';
import { cssColour, faded } from './theme.ts';

export interface ChartModel extends Overlay {
  readonly set: SeriesSet;
  readonly colours: readonly number[];
  readonly field: Field;
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
}

export interface Listeners {
  readonly onCursor: (chart: uPlot) => void;
  readonly onSelect: (from: number, to: number) => void;
}

const font = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif';

/** Draws a chart of the size of its host. */
export function drawChart(host: HTMLElement, picture: ChartModel, listeners: Listeners): uPlot {
  const isStacked = picture.field.custom?.stacking?.mode === 'normal';
  const data = dataOf(picture.set, isStacked);
  const options: uPlot.Options = {
    width: Math.max(host.clientWidth, 120),
    height: Math.max(host.clientHeight, 80),
    legend: { show: false },
    scales: {
      x: { time: true, range: () => [picture.from, picture.to] },
      y: { range: (_, low, high) => yRange(low, high, picture) },
    },
    axes: axesOf(picture.field),
    series: [{}, ...seriesOf(picture, isStacked)],
    bands: isStacked
      ? picture.set.series.slice(1).map((_, at) => ({ series: [at + 2, at + 1] }))
      : [],
    cursor: {
      sync: { key: 'watchkeeper', scales: ['x', null] },
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      focus: { prox: 24 },
    },
    focus: { alpha: 0.35 },
    hooks: {
      draw: [(chart) => drawOverlay(chart, picture)],
      setCursor: [listeners.onCursor],
      setSelect: [
        (chart) => {
          const { left, width } = chart.select;
          if (width < 8) return;
          listeners.onSelect(chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x'));
        },
      ],
    },
  };
  return new uPlot(options, data, host);
}

function dataOf({ times, series }: SeriesSet, isStacked: boolean): uPlot.AlignedData {
  const rows = series.map(({ values }) => [...values]);
  if (!isStacked) return [[...times], ...rows];
  const sums = new Array<number>(times.length).fill(0);
  const stacked = rows.map((row) =>
    row.map((value, place) => {
      sums[place] = (sums[place] ?? 0) + (value ?? 0);
      return value === null && sums[place] === 0 ? null : (sums[place] ?? 0);
    }),
  );
  return [[...times], ...stacked];
}

function seriesOf({ set, colours, field }: ChartModel, isStacked: boolean): uPlot.Series[] {
  const share = (field.custom?.fillOpacity ?? 0) / 100;
  // Many overlapping areas are unreadable.
  const isFilled = isStacked || set.series.length <= 6;
  return set.series.map(({ name, values }, index) => {
    const stroke = cssColour(`series-${colours[index] ?? 0}`);
    // A single sample between two gaps has no line.
    const isSparse = values.every((value, at) => value === null || values[at + 1] == null);
    return {
      label: name,
      stroke,
      width: Math.max(field.custom?.lineWidth ?? 1, 1.5),
      ...(isFilled && share > 0 ? { fill: faded(stroke, share) } : {}),
      points: { show: isSparse, size: 4 },
    };
  });
}

// Grid lines follow the unit: powers of two for bytes, minutes and hours for seconds.
const secondSteps = [
  ...[-6, -5, -4, -3, -2, -1, 0].flatMap((power) => [1, 2, 5].map((each) => each * 10 ** power)),
  ...[10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200],
  ...[1, 2, 5, 10, 30, 100].map((days) => days * 86_400),
];
const stepsOf: Readonly<Record<string, number[]>> = {
  bytes: Array.from({ length: 60 }, (_, power) => 2 ** power),
  s: secondSteps,
};

function axesOf({ unit = 'none', decimals }: Field): uPlot.Axis[] {
  const steps = stepsOf[unit];
  const look = {
    font,
    stroke: cssColour('muted'),
    grid: { stroke: cssColour('grid'), width: 1 },
    ticks: { show: false },
  };
  return [
    { ...look, space: 70, size: 26, gap: 4, values: timeLabels },
    {
      ...look,
      ...(steps === undefined ? {} : { incrs: steps }),
      space: 34,
      gap: 6,
      values: (_, splits) => splits.map((value) => formatValue(value, unit, decimals)),
      size: (_, labels) => 16 + Math.max(...(labels ?? []).map((label) => label.length), 3) * 7,
    },
  ];
}

/** Hours and minutes; days too, where the range has several, seconds where it has few minutes. */
function timeLabels(chart: uPlot, splits: number[]): string[] {
  const { min = 0, max = 0 } = chart.scales.x ?? {};
  const length = (max ?? 0) - (min ?? 0);
  const parts: Intl.DateTimeFormatOptions =
    length > 3 * 86_400
      ? { day: 'numeric', month: 'short' }
      : length > 86_400
        ? { weekday: 'short', hour: '2-digit', minute: '2-digit', hour12: false }
        : isWithinMinutes(splits)
          ? { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }
          : { hour: '2-digit', minute: '2-digit', hour12: false };
  const write = new Intl.DateTimeFormat('en-GB', parts);
  return splits.map((seconds) => write.format(seconds * 1_000));
}

function isWithinMinutes([first, second]: number[]): boolean {
  return first !== undefined && second !== undefined && second - first < 60;
}

const negligible = 0.001;

/** The field's bounds, else the data's; a flat line at zero shows the limit above it. */
function yRange(
  low: number | null,
  high: number | null,
  { field, limits }: ChartModel,
): uPlot.Range.MinMax {
  const [least = 0, most = 0] = [low ?? 0, high ?? 0];
  const limit = Math.min(...limits.map(({ value }) => value).filter((value) => value > 1e-6));
  // Zero, or next to zero beside a limit: show the distance to the limit.
  if (least >= 0 && most <= (Number.isFinite(limit) ? limit * negligible : 0)) {
    return [field.min ?? 0, field.max ?? (Number.isFinite(limit) ? limit * 1.25 : 1)];
  }
  // Noise on a flat line is not magnified.
  if (most - least < Math.abs(most) * negligible) {
    return [field.min ?? Math.min(0, least * 1.1), field.max ?? Math.max(0, most * 1.1)];
  }
  const [from, to] = uPlot.rangeNum(Math.min(least, field.min ?? least), most, 0.1, true);
  return [field.min ?? from ?? 0, field.max ?? to ?? 1];
}
