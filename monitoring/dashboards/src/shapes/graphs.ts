import type { PanelSpec, Query } from './spec.ts';

type PanelBuilder<Optional extends keyof PanelSpec> = (
  id: number,
  title: string,
  panel: Omit<PanelSpec, 'id' | 'title' | 'kind' | 'queries' | Optional> &
    Partial<Pick<PanelSpec, Optional>> & {
      readonly queries: Query | readonly Query[];
      /** The name of each series of a single query, where the query has none. */
      readonly legend?: string;
    },
) => PanelSpec;

/** Panels of a kind; numbers without a unit by default. */
function panelOf(kind: PanelSpec['kind']): PanelBuilder<'unit'> {
  return (id, title, { queries, legend, ...panel }) => ({
    id,
    title,
    kind,
    unit: 'short',
    ...panel,
    queries: 'language' in queries ? [{ ...queries, legend: legend ?? queries.legend }] : queries,
  });
}

/** A graph without a lower bound. */
export const graph = panelOf('timeseries');
export const stat = panelOf('stat');
export const bars = panelOf('bars');
export const table = panelOf('table');
export const logLines = panelOf('logs');

/** Graphs from zero up, a third of the dashboard wide by default. */
function graphIn(unit: string, defaults: Partial<PanelSpec> = {}): PanelBuilder<'unit' | 'width'> {
  return (id, title, panel) => graph(id, title, { width: 8, min: 0, unit, ...defaults, ...panel });
}

export const count = graphIn('short');
/** Numbers with one decimal, such as events per minute or a burn rate. */
export const decimal = graphIn('short', { decimals: 1 });
export const euros = graphIn('currencyEUR');
export const perSecond = graphIn('ops');
export const requestsPerSecond = graphIn('reqps');
export const seconds = graphIn('s');
export const bytes = graphIn('bytes');
export const bytesPerSecond = graphIn('Bps');
/** A ratio without an upper bound, such as an error ratio scaled to its values. */
export const ratio = graphIn('percentunit');
/** A ratio drawn from 0 % to 100 %. */
export const share = graphIn('percentunit', { max: 1 });
/** Series stacked to their sum, in operations per second. */
export const stackedPerSecond = graphIn('ops', { isStacked: true });
