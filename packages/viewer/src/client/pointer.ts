import type uPlot from 'uplot';
import { formatFieldValue } from '../model/appearance.ts';
import type { Exemplar } from '../model/exemplars.ts';
import type { Series } from '../model/series.ts';
import type { ChartModel } from './chart.ts';
import { element, swatch } from './element.ts';
import { placeOf } from './overlay.ts';

// A finger is no more precise.
const reach = 12;
const maxRows = 12;

/** The exemplar under the pointer. */
export function exemplarAt(chart: uPlot, exemplars: readonly Exemplar[]): Exemplar | undefined {
  const { left = -1, top = -1 } = chart.cursor;
  return exemplars.find((exemplar) => {
    const { x, y } = placeOf(chart, exemplar, false);
    return Math.hypot(x - left, y - top) <= reach;
  });
}

/** The series nearest to the pointer. */
export function nearestSeries(chart: uPlot, series: readonly Series[]): Series | undefined {
  const { idx, top = 0 } = chart.cursor;
  if (idx === null || idx === undefined) return series.length === 1 ? series[0] : undefined;
  const candidates = series.flatMap((each, index) => {
    const value = chart.data[index + 1]?.[idx] ?? null;
    if (value === null || chart.series[index + 1]?.show === false) return [];
    return [{ each, distance: Math.abs(chart.valToPos(value, 'y') - top) }];
  });
  return candidates.toSorted((one, other) => one.distance - other.distance)[0]?.each;
}

/** Fills the tooltip with the values at the pointer and places it beside. */
export function describeCursor(chart: uPlot, tip: HTMLElement, picture: ChartModel): void {
  const { idx, left = -1, top = 0 } = chart.cursor;
  // Other panels show only the synchronised cursor line.
  const isHere =
    chart.over.matches(':hover') || chart.root.parentElement === document.activeElement;
  if (idx === null || idx === undefined || left < 0 || !isHere) {
    tip.hidden = true;
    return;
  }
  const seconds = picture.set.times[idx] ?? 0;
  const rows = picture.set.series
    .map(({ name, values }, index) => ({ name, value: values[idx] ?? null, index }))
    .filter(({ value, index }) => value !== null && chart.series[index + 1]?.show !== false)
    .sort((one, other) => (other.value ?? 0) - (one.value ?? 0));
  tip.replaceChildren(
    element('p.moment', new Date(seconds * 1_000).toLocaleString('en-GB')),
    ...rows
      .slice(0, maxRows)
      .map(({ name, value, index }) =>
        element(
          'p',
          swatch(picture.colours[index]),
          element('span', name),
          element('b', formatFieldValue(value, picture.field)),
        ),
      ),
    ...(rows.length > maxRows ? [element('p', `and ${rows.length - maxRows} more`)] : []),
    ...nearMarks(chart, picture, left),
    ...nearExemplar(chart, picture),
  );
  tip.hidden = false;
  const isRight = left > chart.over.clientWidth / 2;
  const x = chart.over.offsetLeft + left;
  tip.style.left = isRight ? '' : `${x + 14}px`;
  tip.style.right = isRight ? `${chart.root.clientWidth - x + 14}px` : '';
  tip.style.top = `${Math.max(0, Math.min(top, chart.over.clientHeight - tip.offsetHeight))}px`;
}

function nearMarks(chart: uPlot, { marks }: ChartModel, left: number): HTMLElement[] {
  return marks
    .filter(({ from, to }) => {
      const start = chart.valToPos(from / 1_000, 'x');
      return left >= start - reach / 2 && left <= chart.valToPos(to / 1_000, 'x') + reach / 2;
    })
    .slice(0, 4)
    .map(({ title, text }) => element('p.mark', `${title} ${text}`.trim()));
}

function nearExemplar(chart: uPlot, { exemplars, field }: ChartModel): HTMLElement[] {
  const found = exemplarAt(chart, exemplars);
  if (found === undefined) return [];
  const value = formatFieldValue(found.value, field);
  return [element('p.mark', `Exemplar: ${value}. Click for its trace.`)];
}
