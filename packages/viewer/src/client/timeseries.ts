import type uPlot from 'uplot';
import { traceAddress } from '../model/addresses.ts';
import { limitLines, sayValue, seriesColour } from '../model/appearance.ts';
import type { Panel } from '../model/dashboard.ts';
import { type Series, toSeriesSet } from '../model/series.ts';
import { drawChart } from './chart.ts';
import { element } from './element.ts';
import type { Context, Loaded } from './load.ts';
import { describeCursor, exemplarAt, nearestSeries } from './pointer.ts';
import { showWays, waysFrom } from './ways.ts';

/** What is left to do when the panel is drawn anew. */
export type Undo = () => void;

/** Draws a `timeseries` panel; undefined where there is nothing to draw. */
export function drawTimeseries(
  host: HTMLElement,
  panel: Panel,
  loaded: Loaded,
  context: Context,
): Undo | undefined {
  const field = panel.fieldConfig?.defaults ?? {};
  const set = toSeriesSet(loaded.answers, loaded.range, loaded.stepMs);
  if (set.series.length === 0 && loaded.exemplars.length === 0) return undefined;
  const numbers = seriesColour(set.series.map(({ name }) => name));
  const colours = set.series.map(({ name }) => numbers.get(name) ?? 0);
  const plot = element('div', {
    class: 'plot',
    role: 'img',
    tabindex: '0',
    'aria-label': summarise(panel, set.series),
  });
  const tip = element('div', { class: 'tip', hidden: true, 'aria-hidden': 'true' });
  const legend = legendOf(set.series, colours, (value) => sayValue(value, field));
  host.replaceChildren(plot, legend, tip);

  const picture = {
    set,
    colours,
    field,
    limits: limitLines(field),
    marks: context.marks,
    exemplars: loaded.exemplars,
    from: loaded.range.from / 1_000,
    to: loaded.range.to / 1_000,
  };
  const lead = (series: Series, value?: number | null) => {
    const subject = { title: series.name, labels: series.labels, value: value ?? null };
    showWays(host, series.name, waysFrom(field, subject, context));
  };
  const chart = drawChart(plot, picture, {
    onCursor: (drawn) => describeCursor(drawn, tip, picture),
    onSelect: (from, to) => context.onZoom({ from: from * 1_000, to: to * 1_000 }),
  });
  listenToLegend(legend, chart, set.series, lead);
  listenToPlot(plot, chart, {
    pick: () => {
      const exemplar = exemplarAt(chart, loaded.exemplars);
      if (exemplar !== undefined) return showTrace(host, exemplar, context);
      const series = nearestSeries(chart, set.series);
      if (series !== undefined) lead(series, series.values[chart.cursor.idx ?? -1]);
    },
  });
  const watcher = new ResizeObserver(() => {
    chart.setSize({
      width: Math.max(plot.clientWidth, 120),
      height: Math.max(plot.clientHeight, 80),
    });
  });
  watcher.observe(plot);
  return () => {
    watcher.disconnect();
    chart.destroy();
  };
}

function summarise({ title = '', fieldConfig }: Panel, series: readonly Series[]): string {
  const field = fieldConfig?.defaults ?? {};
  const said = series.slice(0, 12).map(({ name, values }) => {
    return `${name} ${sayValue(values.findLast((value) => value !== null) ?? null, field)}`;
  });
  return `${title}: ${said.join(', ')}`;
}

function legendOf(
  series: readonly Series[],
  colours: readonly number[],
  say: (value: number | null) => string,
): HTMLElement {
  const items = series.map(({ name, values }, index) => {
    const last = values.findLast((value) => value !== null) ?? null;
    const button = element(
      'button',
      { type: 'button', 'aria-pressed': 'false', title: name },
      element('i', { class: `swatch colour-${colours[index]}` }),
      element('span', { class: 'name' }, name),
      element('span', { class: 'last' }, say(last)),
    );
    return element('li', {}, button);
  });
  return element('ul', { class: 'legend', 'aria-label': 'Series and their last values' }, ...items);
}

/** A series that is chosen stands alone, and tells where it leads. */
function listenToLegend(
  legend: HTMLElement,
  chart: uPlot,
  series: readonly Series[],
  lead: (series: Series) => void,
): void {
  const buttons = [...legend.querySelectorAll('button')];
  buttons.forEach((button, index) => {
    button.addEventListener('click', () => {
      const isChosen = button.getAttribute('aria-pressed') !== 'true';
      buttons.forEach((other, place) => {
        other.setAttribute('aria-pressed', String(isChosen && place === index));
        chart.setSeries(place + 1, { show: !isChosen || place === index });
      });
      const chosen = series[index];
      if (isChosen && chosen !== undefined) lead(chosen);
    });
  });
}

function listenToPlot(plot: HTMLElement, chart: uPlot, { pick }: { pick: () => void }): void {
  chart.over.addEventListener('click', () => {
    // A drag has chosen a time, not a point.
    if (chart.select.width < 8) pick();
  });
  plot.addEventListener('keydown', (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (move !== undefined) {
      const times = chart.data[0];
      const at = Math.min(Math.max((chart.cursor.idx ?? times.length) + move, 0), times.length - 1);
      const left = chart.valToPos(times[at] ?? 0, 'x');
      chart.setCursor({ left, top: chart.bbox.height / devicePixelRatio / 2 });
      event.preventDefault();
    } else if (event.key === 'Enter' && event.target === plot) {
      pick();
      event.preventDefault();
    }
  });
  plot.addEventListener('blur', () => chart.setCursor({ left: -10, top: -10 }));
}

function showTrace(
  host: HTMLElement,
  {
    traceId = '',
    value,
    labels,
  }: { traceId?: string | undefined; value: number; labels: Record<string, string> },
  context: Context,
): void {
  const trace = traceAddress(traceId, context.places);
  const title = [labels.job, labels.method, labels.route].filter(Boolean).join(' ');
  showWays(host, `${title || 'A request'}: ${sayValue(value, { unit: 's' })}`, [
    ...(trace === undefined ? [] : [{ title: `Trace ${traceId} in Jaeger`, href: trace }]),
    ...(traceId === '' || !context.sources.includes('loki')
      ? []
      : [{ title: `Lines of trace ${traceId}`, href: `/dashboards/logs?var-text=${traceId}` }]),
  ]);
}
