import type uPlot from 'uplot';
import { traceAddress } from '../model/addresses.ts';
import { formatFieldValue, limitLines, seriesColour } from '../model/appearance.ts';
import type { Field, Panel } from '../model/dashboard.ts';
import type { Exemplar } from '../model/exemplars.ts';
import { type Series, toSeriesSet } from '../model/series.ts';
import { drawChart } from './chart.ts';
import { dataLinksFor, showDataLinks } from './data-links.ts';
import { element, swatch } from './element.ts';
import type { Context, Draw } from './load.ts';
import { describeCursor, exemplarAt, nearestSeries } from './pointer.ts';

export const drawTimeseries: Draw = (host, panel, loaded, context) => {
  const field = panel.fieldConfig?.defaults ?? {};
  const set = toSeriesSet(loaded.answers, loaded.range, loaded.stepMs);
  if (set.series.length === 0 && loaded.exemplars.length === 0) return undefined;
  const numbers = seriesColour(set.series.map(({ name }) => name));
  const colours = set.series.map(({ name }) => numbers.get(name) ?? 0);
  const about = summarise(panel, set.series);
  const plot = element('div.plot', { role: 'img', tabindex: '0', 'aria-label': about });
  const tip = element('div.tip', { hidden: true, 'aria-hidden': 'true' });
  const legend = legendOf(set.series, colours, field);
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
  const openLinks = ({ name, labels }: Series) =>
    showDataLinks(host, name, dataLinksFor(field, { labels }, context));
  const chart = drawChart(plot, picture, {
    onCursor: (drawn) => describeCursor(drawn, tip, picture),
    onSelect: (from, to) => context.onZoom({ from: from * 1_000, to: to * 1_000 }),
  });
  listenToLegend(legend, chart, set.series, openLinks);
  listenToPlot(plot, chart, {
    pick: () => {
      const exemplar = exemplarAt(chart, loaded.exemplars);
      if (exemplar !== undefined) return showTrace(host, exemplar, context);
      const series = nearestSeries(chart, set.series);
      if (series !== undefined) openLinks(series);
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
};

function summarise({ title = '', fieldConfig }: Panel, series: readonly Series[]): string {
  const field = fieldConfig?.defaults ?? {};
  const parts = series.slice(0, 12).map(({ name, values }) => {
    return `${name} ${formatFieldValue(values.findLast((value) => value !== null) ?? null, field)}`;
  });
  return `${title}: ${parts.join(', ')}`;
}

function legendOf(
  series: readonly Series[],
  colours: readonly number[],
  field: Field,
): HTMLElement {
  const items = series.map(({ name, values }, index) => {
    const last = values.findLast((value) => value !== null) ?? null;
    const button = element(
      'button',
      { type: 'button', 'aria-pressed': 'false', title: name },
      swatch(colours[index]),
      element('span.name', name),
      element('span.last', formatFieldValue(last, field)),
    );
    return element('li', button);
  });
  return element('ul.legend', { 'aria-label': 'Series and their last values' }, ...items);
}

/** Shows the chosen series alone, with its data links. */
function listenToLegend(
  legend: HTMLElement,
  chart: uPlot,
  series: readonly Series[],
  openLinks: (series: Series) => void,
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
      if (isChosen && chosen !== undefined) openLinks(chosen);
    });
  });
}

function listenToPlot(plot: HTMLElement, chart: uPlot, { pick }: { pick: () => void }): void {
  chart.over.addEventListener('click', () => {
    // A drag selects a range, not a point.
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
  { traceId = '', value, labels }: Exemplar,
  context: Context,
): void {
  const trace = traceAddress(traceId, context.linkTargets);
  const title = [labels.job, labels.method, labels.route].filter(Boolean).join(' ');
  showDataLinks(host, `${title || 'A request'}: ${formatFieldValue(value, { unit: 's' })}`, [
    ...(trace === undefined ? [] : [{ title: `Trace ${traceId} in Jaeger`, href: trace }]),
    ...(traceId === '' || !context.sources.includes('loki')
      ? []
      : [{ title: `Logs of trace ${traceId}`, href: `/dashboards/logs?var-text=${traceId}` }]),
  ]);
}
