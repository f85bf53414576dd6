import { traceAddress } from '../model/addresses.ts';
import { sayValue } from '../model/appearance.ts';
import type { Panel } from '../model/dashboard.ts';
import { element, paragraphs } from './element.ts';
import { type Context, type Loaded, loadPanel, sourceOf } from './load.ts';
import { drawLogs } from './logs.ts';
import { drawTable } from './table.ts';
import { drawTimeseries, type Undo } from './timeseries.ts';
import { drawBars, drawStat } from './values.ts';
import { link } from './ways.ts';

/** A panel on the page. */
export interface PanelView {
  readonly root: HTMLElement;
  /** Asks and draws; never throws: what went wrong stands on the panel. */
  draw(context: Context): Promise<void>;
}

const queried = new Set(['timeseries', 'stat', 'gauge', 'bargauge', 'table', 'logs']);
const sourceNames: Readonly<Record<string, string>> = {
  'grafana-postgresql-datasource': 'PostgreSQL',
  postgres: 'PostgreSQL',
  jaeger: 'Jaeger',
  alertmanager: 'Alertmanager',
  loki: 'Loki',
  prometheus: 'Prometheus',
};

/** Makes the frame of a panel; its place is the dashboard's, but on a narrow page. */
export function createPanel(panel: Panel): PanelView {
  const heading = `panel-${panel.id}`;
  const about = element('div', { class: 'about-text' });
  const root = element(
    'article',
    { class: `panel kind-${panel.type}`, 'aria-labelledby': heading, 'data-state': 'waiting' },
    element(
      'header',
      {},
      element('h2', { id: heading, title: plain(panel.description) }, panel.title ?? ''),
      element(
        'details',
        { class: 'about' },
        element('summary', { 'aria-label': `About “${panel.title ?? ''}”` }, 'i'),
        about,
      ),
    ),
  );
  const host = element('div', { class: 'panel-body' });
  root.append(host);
  place(root, panel);
  let undo: Undo | undefined;
  const say = (state: string, text: string) => {
    root.dataset.state = state;
    host.replaceChildren(element('p', { class: 'note' }, text));
  };

  return {
    root,
    async draw(context) {
      const obstacle = obstacleTo(panel, context);
      describe(about, panel, [], context);
      if (obstacle !== undefined) return say('unsupported', obstacle);
      if (panel.type === 'text') return say('drawn', panel.options?.content ?? '');
      try {
        const loaded = await loadPanel(panel, context, Math.max(host.clientWidth, 200));
        undo?.();
        undo = undefined;
        const drawn = drawKind(host, panel, loaded, context);
        if (typeof drawn === 'function') undo = drawn;
        describe(about, panel, tracesOf(loaded, context), context);
        if (drawn) root.dataset.state = 'drawn';
        else say('empty', panel.fieldConfig?.defaults?.noValue ?? 'No data.');
      } catch (error) {
        if ((error as Error).name === 'AbortError') return;
        say('failed', (error as Error).message);
      }
    },
  };
}

/** What the viewer can't show it says. */
function obstacleTo(panel: Panel, { sources }: Context): string | undefined {
  if (panel.type === 'text') return undefined;
  if (!queried.has(panel.type)) return `Only Grafana can show a panel of the kind “${panel.type}”.`;
  const asked = new Set((panel.targets ?? []).map((target) => sourceOf(panel, target)));
  for (const source of asked) {
    const name = sourceNames[source] ?? source;
    if (source !== 'prometheus' && source !== 'loki') {
      return `This panel asks ${name}, which this page can’t. Grafana shows it.`;
    }
    if (!sources.includes(source)) return `This panel asks ${name}, which does not run here.`;
  }
  return undefined;
}

function drawKind(host: HTMLElement, panel: Panel, loaded: Loaded, context: Context) {
  switch (panel.type) {
    case 'timeseries':
      return drawTimeseries(host, panel, loaded, context);
    case 'stat':
      return drawStat(host, panel, loaded, context);
    case 'table':
      return drawTable(host, panel, loaded, context);
    case 'logs':
      return drawLogs(host, loaded, context);
    default:
      return drawBars(host, panel, loaded, context);
  }
}

function place(root: HTMLElement, { gridPos }: Panel): void {
  if (gridPos === undefined) return;
  const { x, y, w, h } = gridPos;
  root.style.gridColumn = `${x + 1} / span ${w}`;
  root.style.gridRow = `${y + 1} / span ${h}`;
}

function plain(text = ''): string {
  return text.replaceAll('**', '');
}

/** The description, the traces that stand in the picture, and what was asked. */
function describe(
  about: HTMLElement,
  panel: Panel,
  traces: HTMLElement[],
  { words }: Context,
): void {
  const asked = (panel.targets ?? [])
    .map(({ expr, rawSql }) => expr ?? rawSql)
    .filter((text) => text !== undefined);
  about.replaceChildren(
    ...paragraphs(panel.description ?? ''),
    ...(traces.length === 0
      ? []
      : [
          element('p', {}, element('strong', {}, 'The slowest requests:')),
          element('ul', {}, ...traces),
        ]),
    ...asked.map((text) => element('pre', { tabindex: '0' }, element('code', {}, text))),
  );
  about.dataset.job = words('job', 'text') ?? '';
}

const maxTraces = 10;

function tracesOf({ exemplars }: Loaded, { places }: Context): HTMLElement[] {
  return exemplars
    .toSorted((one, other) => other.value - one.value)
    .slice(0, maxTraces)
    .map(({ traceId = '', value, labels, time }) => {
      const title = `${sayValue(value, { unit: 's' })} ${labels.job ?? ''} ${labels.route ?? ''}`;
      const href = traceAddress(traceId, places);
      const at = new Date(time * 1_000).toLocaleTimeString('en-GB');
      return element(
        'li',
        {},
        href === undefined ? `${title} (${traceId})` : link({ title, href }),
        ` at ${at}`,
      );
    });
}
