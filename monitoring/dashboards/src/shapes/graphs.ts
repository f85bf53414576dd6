import type { PanelSpec } from './spec.ts';

/** A graph from zero up, a third of the dashboard wide, unless it says otherwise. */
type Graph = Omit<PanelSpec, 'kind' | 'width' | 'unit'> &
  Partial<Pick<PanelSpec, 'width' | 'unit'>>;

function graphIn(unit: string, defaults: Partial<PanelSpec> = {}) {
  return (panel: Graph): PanelSpec => ({
    kind: 'timeseries',
    width: 8,
    min: 0,
    unit,
    ...defaults,
    ...panel,
  });
}

export const count = graphIn('short');
/** Numbers with one decimal, such as events per minute or a burn rate. */
export const decimal = graphIn('short', { decimals: 1 });
export const perSecond = graphIn('ops');
export const requestsPerSecond = graphIn('reqps');
export const seconds = graphIn('s');
export const bytes = graphIn('bytes');
export const bytesPerSecond = graphIn('Bps');
/** Panels of the other kinds; numbers without a unit unless it says otherwise. */
type Other = Omit<PanelSpec, 'kind' | 'unit'> & Partial<Pick<PanelSpec, 'unit'>>;
const panelOf =
  (kind: PanelSpec['kind']) =>
  (panel: Other): PanelSpec => ({
    kind,
    unit: 'short',
    ...panel,
  });
export const stat = panelOf('stat');
export const bars = panelOf('bars');
export const table = panelOf('table');
export const logLines = panelOf('logs');

/** A ratio without an upper bound, such as an error ratio scaled to its values. */
export const ratio = graphIn('percentunit');
/** A ratio drawn from 0 % to 100 %. */
export const share = graphIn('percentunit', { max: 1 });
/** Series stacked to their sum, in operations per second. */
export const stackedPerSecond = graphIn('ops', { isStacked: true });
