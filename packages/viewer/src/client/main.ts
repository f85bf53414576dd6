// Draws the page of a dashboard: reads its model, runs its queries and draws the panels.
import type { AnnotationModel, Dashboard } from '../model/dashboard.ts';
import { alignRange, stepFor } from '../model/interval.ts';
import { type Mark, marksFrom } from '../model/marks.ts';
import { parseRange } from '../model/time-range.ts';
import {
  interpolate,
  labelValuesQuery,
  resolveChoices,
  type Variable,
} from '../model/variables.ts';
import { drawControls } from './controls.ts';
import { byId } from './element.ts';
import { type Context, seriesFrom } from './load.ts';
import { createPanel, type PanelView } from './panel.ts';
import { createQueryClient } from './query.ts';
import { readState, refreshMs, type State, toSearch } from './state.ts';

const grid = byId('panels');
const linkTargets = { jaeger: grid.dataset.jaeger || undefined };
const sources = (grid.dataset.sources ?? '').split(' ');

async function queryMarks(models: readonly AnnotationModel[], context: Context): Promise<Mark[]> {
  const stepMs = stepFor(context.range, 500);
  const range = alignRange(context.range, stepMs);
  const marks = models
    .filter(({ expr }) => expr !== undefined)
    .map(async (model) => {
      const query = interpolate(model.expr ?? '', context.resolve, 'regex');
      const span = { start: range.from / 1_000, end: range.to / 1_000, step: stepMs / 1_000 };
      const data = await context.query('prometheus', 'query_range', { query, ...span });
      return marksFrom(model, seriesFrom(data), range, stepMs);
    });
  // Panels are drawn even if annotations fail.
  const settled = await Promise.allSettled(marks);
  return settled.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
}

async function queryVariableValues(
  variables: readonly Variable[],
  { query: send, range, resolve }: Context,
) {
  const found = new Map<string, readonly string[]>();
  const span = { start: range.from / 1_000, end: range.to / 1_000 };
  await Promise.allSettled(
    variables.map(async ({ model }) => {
      const query = model.type === 'query' ? labelValuesQuery(model) : undefined;
      if (query === undefined) return;
      const match = interpolate(query.series, resolve, 'regex');
      const parameters = { label: query.label, match, ...span };
      found.set(model.name, (await send('prometheus', 'label_values', parameters)) as string[]);
    }),
  );
  return found;
}

function createPage(dashboard: Dashboard) {
  const views: readonly PanelView[] = (dashboard.panels ?? []).map(createPanel);
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
      range: parseRange(state.from, state.to, Date.now()),
      resolve: resolveChoices(state.variables),
      query: createQueryClient(signal),
      linkTargets,
      sources,
      marks: [],
      onZoom: ({ from, to }) =>
        choose({ ...state, from: String(Math.round(from)), to: String(Math.round(to)) }),
    };
    const [marks, values] = await Promise.all([
      queryMarks(dashboard.annotations?.list ?? [], base),
      queryVariableValues(state.variables, base),
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

  /** A hidden page is not refreshed, and an open list stays. */
  function redraw(): void {
    const isBusy = document.hidden || document.querySelector('.data-links, details[open]') !== null;
    if (isBusy) timer = setTimeout(redraw, 2_000);
    else draw();
  }
  return draw;
}

/** Keeps the time range and the variables in the links to the other dashboards. */
function keepInLinks(state: State): void {
  const search = toSearch(state);
  for (const each of document.querySelectorAll<HTMLAnchorElement>('a[data-dashboard]'))
    each.search = search;
}

async function start(): Promise<void> {
  const response = await fetch(grid.dataset.model ?? '');
  if (!response.ok)
    throw new Error(`Cannot load the dashboard: the server responded with ${response.status}.`);
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
