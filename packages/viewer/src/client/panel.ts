import { traceAddress } from '../model/addresses.ts';
import { formatFieldValue } from '../model/appearance.ts';
import type { Panel } from '../model/dashboard.ts';
import { link } from './data-links.ts';
import { element, paragraphs } from './element.ts';
import { type Context, type Dispose, type Draw, type Loaded, loadPanel, sourceOf } from './load.ts';
import { drawLogs } from './logs.ts';
import { drawTable } from './table.ts';
import { drawTimeseries } from './timeseries.ts';
import { drawBars, drawStat } from './values.ts';

export interface PanelView {
  readonly root: HTMLElement;
  /** Queries and draws; never throws: the panel shows the error. */
  draw(context: Context): Promise<void>;
}

const drawers: ReadonlyMap<string, Draw> = new Map([
  ['timeseries', drawTimeseries],
  ['stat', drawStat],
  ['bargauge', drawBars],
  ['table', drawTable],
  ['logs', drawLogs],
]);
const sourceNames: Readonly<Record<string, string>> = {
  'grafana-postgresql-datasource': 'PostgreSQL',
  loki: 'Loki',
  prometheus: 'Prometheus',
};

/** Creates the frame of a panel at its place in the grid. */
export function createPanel(panel: Panel): PanelView {
  const { title = '' } = panel;
  const heading = `panel-${panel.id}`;
  const about = element('div.about-text');
  const host = element('div.panel-body');
  const root = element(
    `article.panel.kind-${panel.type}`,
    { 'aria-labelledby': heading, 'data-state': 'waiting' },
    element(
      'header',
      element('h2', { id: heading, title: panel.description?.replaceAll('**', '') }, title),
      element(
        'details.about',
        element('summary', { 'aria-label': `About “${title}”` }, 'i'),
        about,
      ),
    ),
    host,
  );
  place(root, panel);
  let dispose: Dispose | undefined;
  const show = (state: string, text: string) => {
    root.dataset.state = state;
    host.replaceChildren(element('p.note', text));
  };

  return {
    root,
    async draw(context) {
      const reason = unsupportedReason(panel, context);
      describe(about, panel, []);
      if (reason !== undefined) return show('unsupported', reason);
      try {
        const loaded = await loadPanel(panel, context, Math.max(host.clientWidth, 200));
        dispose?.();
        dispose = undefined;
        const drawn = drawers.get(panel.type)?.(host, panel, loaded, context);
        if (typeof drawn === 'function') dispose = drawn;
        describe(about, panel, tracesOf(loaded, context));
        if (drawn) root.dataset.state = 'drawn';
        else show('empty', panel.fieldConfig?.defaults?.noValue ?? 'No data.');
      } catch (error) {
        if ((error as Error).name === 'AbortError') return;
        show('failed', (error as Error).message);
      }
    },
  };
}

function unsupportedReason(panel: Panel, { sources }: Context): string | undefined {
  if (!drawers.has(panel.type))
    return `Unsupported panel type “${panel.type}”. Open it in Grafana.`;
  const used = new Set((panel.targets ?? []).map((target) => sourceOf(panel, target)));
  for (const source of used) {
    const name = sourceNames[source] ?? source;
    if (source !== 'prometheus' && source !== 'loki') {
      return `Unsupported data source ${name}. Open the panel in Grafana.`;
    }
    if (!sources.includes(source)) return `Data source ${name} is not configured.`;
  }
  return undefined;
}

function place(root: HTMLElement, { gridPos }: Panel): void {
  if (gridPos === undefined) return;
  const { x, y, w, h } = gridPos;
  root.style.gridColumn = `${x + 1} / span ${w}`;
  root.style.gridRow = `${y + 1} / span ${h}`;
}

/** The description, the traces of the exemplars, and the queries. */
function describe(about: HTMLElement, panel: Panel, traces: HTMLElement[]): void {
  const queries = (panel.targets ?? [])
    .map(({ expr, rawSql }) => expr ?? rawSql)
    .filter((text) => text !== undefined);
  about.replaceChildren(
    ...paragraphs(panel.description ?? ''),
    ...(traces.length === 0
      ? []
      : [element('p', element('strong', 'Slowest requests:')), element('ul', ...traces)]),
    ...queries.map((text) => element('pre', { tabindex: '0' }, element('code', text))),
  );
}

const maxTraces = 10;

function tracesOf({ exemplars }: Loaded, { linkTargets }: Context): HTMLElement[] {
  return exemplars
    .toSorted((one, other) => other.value - one.value)
    .slice(0, maxTraces)
    .map(({ traceId = '', value, labels, time }) => {
      const title = `${formatFieldValue(value, { unit: 's' })} ${labels.job ?? ''} ${labels.route ?? ''}`;
      const href = traceAddress(traceId, linkTargets);
      const at = new Date(time * 1_000).toLocaleTimeString('en-GB');
      const trace = href === undefined ? `${title} (${traceId})` : link({ title, href });
      return element('li', trace, ` at ${at}`);
    });
}
