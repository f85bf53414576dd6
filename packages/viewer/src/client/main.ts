// Fills the page of a dashboard: reads its model as Grafana does, asks its queries and draws them.
import type { AnnotationModel, Dashboard, Panel } from '../model/dashboard.ts';
import { alignRange, stepFor } from '../model/interval.ts';
import { type Mark, toMarks } from '../model/marks.ts';
import { fillIn, labelValuesQuery, type Variable, wordsOf } from '../model/variables.ts';
import { createAsk } from './ask.ts';
import { drawControls } from './controls.ts';
import { byId } from './element.ts';
import { type Context, resultOf } from './load.ts';
import { createPanel, type PanelView } from './panel.ts';
import { rangeNow, readState, refreshMs, type State, toSearch } from './state.ts';

const grid = byId('panels');
const places = { jaeger: grid.dataset.jaeger || undefined };
const sources = (grid.dataset.sources ?? '').split(' ');

/** Panels in the order of the page; those of folded rows are unfolded. */
function panelsOf({ panels = [] }: Dashboard): readonly Panel[] {
  return panels.flatMap((panel) =>
    panel.type === 'row' ? [panel, ...(panel.panels ?? [])] : [panel],
  );
}

async function askMarks(models: readonly AnnotationModel[], context: Context): Promise<Mark[]> {
  const stepMs = stepFor(context.range, 500);
  const range = alignRange(context.range, stepMs);
  const marks = models
    .filter(({ enable, expr }) => enable !== false && expr !== undefined)
    .map(async (model) => {
      const query = fillIn(model.expr ?? '', context.words, 'regex');
      const span = { start: range.from / 1_000, end: range.to / 1_000, step: stepMs / 1_000 };
      const data = await context.ask('prometheus', 'query_range', { query, ...span });
      return toMarks(model, resultOf(data), range, stepMs);
    });
  // Without marks the pictures are still worth seeing.
  const settled = await Promise.allSettled(marks);
  return settled.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
}

async function askValues(variables: readonly Variable[], { ask, range, words }: Context) {
  const found = new Map<string, readonly string[]>();
  const span = { start: range.from / 1_000, end: range.to / 1_000 };
  await Promise.allSettled(
    variables.map(async ({ model }) => {
      const query = model.type === 'query' ? labelValuesQuery(model) : undefined;
      if (query === undefined) return;
      const match =
        query.series === undefined ? {} : { match: fillIn(query.series, words, 'regex') };
      const asked = { label: query.label, ...match, ...span };
      found.set(model.name, (await ask('prometheus', 'label_values', asked)) as string[]);
    }),
  );
  return found;
}

function createPage(dashboard: Dashboard) {
  const views: readonly PanelView[] = panelsOf(dashboard).map(createPanel);
  grid.replaceChildren(...views.map(({ root }) => root));
  let running = new AbortController();
  let timer: number | undefined;

  function choose(state: State): void {
    history.pushState(null, '', toSearch(state));
    draw();
  }

  async function draw(): Promise<void> {
    running.abort();
    clearTimeout(timer);
    running = new AbortController();
    const { signal } = running;
    const state = readState(dashboard);
    keepInLinks(state);
    document.documentElement.dataset.state = 'drawing';
    const base: Context = {
      range: rangeNow(state),
      words: wordsOf(state.variables),
      ask: createAsk(signal),
      places,
      sources,
      marks: [],
      onZoom: ({ from, to }) =>
        choose({ ...state, from: String(Math.round(from)), to: String(Math.round(to)) }),
    };
    const [marks, values] = await Promise.all([
      askMarks(dashboard.annotations?.list ?? [], base),
      askValues(state.variables, base),
    ]);
    if (signal.aborted) return;
    drawControls(byId('controls'), state, values, choose);
    await Promise.all(views.map((view) => view.draw({ ...base, marks })));
    if (signal.aborted) return;
    document.documentElement.dataset.state = 'ready';
    byId('status').textContent = `As of ${new Date(base.range.to).toLocaleString('en-GB')}.`;
    const pause = refreshMs(state);
    if (pause !== undefined) timer = setTimeout(redraw, pause);
  }

  /** Nobody looks at a hidden page, and an open list must not be pulled away. */
  function redraw(): void {
    const isBusy = document.hidden || document.querySelector('.ways, details[open]') !== null;
    if (isBusy) timer = setTimeout(redraw, 2_000);
    else draw();
  }
  return draw;
}

/** The time and the choices go along to the other dashboards. */
function keepInLinks(state: State): void {
  const search = toSearch(state);
  for (const each of document.querySelectorAll<HTMLAnchorElement>('a[data-dashboard]'))
    each.search = search;
}

async function start(): Promise<void> {
  const response = await fetch(grid.dataset.model ?? '');
  if (!response.ok) throw new Error(`The dashboard can't be read: ${response.status}.`);
  const draw = createPage((await response.json()) as Dashboard);
  addEventListener('popstate', draw);
  byId('controls').addEventListener('submit', (event) => event.preventDefault());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  await draw();
}

start().catch((error: Error) => {
  const problem = byId('problem');
  problem.textContent = error.message;
  problem.hidden = false;
  document.documentElement.dataset.state = 'failed';
});
