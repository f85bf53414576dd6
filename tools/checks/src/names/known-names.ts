import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { galleyLogEvents, galleyMetrics } from '@watchkeeper/galley';
import { repositoryRoot } from '@watchkeeper/stack';
import {
  type LogEventCatalogue,
  libraryLogEvents,
  libraryMetrics,
  type MetricCatalogue,
} from '@watchkeeper/telemetry';
import { stackLabels, stackMetrics } from './stack-metrics.ts';

const library = '@watchkeeper/telemetry';
const modules = await importCatalogues();

/** By owner; a new app with `src/catalogue.ts` is included without a change here. */
export const metricCatalogues: Readonly<Record<string, MetricCatalogue>> = {
  [library]: libraryMetrics,
  '@watchkeeper/galley': galleyMetrics,
  ...cataloguesOf<MetricCatalogue>('Metrics'),
};

export const logEventCatalogues: Readonly<Record<string, LogEventCatalogue>> = {
  [library]: libraryLogEvents,
  '@watchkeeper/galley': galleyLogEvents,
  ...cataloguesOf<LogEventCatalogue>('LogEvents'),
};

async function importCatalogues() {
  const folder = join(repositoryRoot, 'apps');
  const fileOf = (app: string) => join(folder, app, 'src/catalogue.ts');
  const apps = readdirSync(folder).filter((app) => existsSync(fileOf(app)));
  const load = async (app: string): Promise<Record<string, unknown>> =>
    import(pathToFileURL(fileOf(app)).href);
  return Promise.all(apps.sort().map(async (app) => [app, await load(app)] as const));
}

/** The exports with that ending, merged for each app. */
function cataloguesOf<C>(ending: string): Record<string, C> {
  const merged = modules.map(([app, exports]) => {
    const catalogues = Object.entries(exports).filter(([name]) => name.endsWith(ending));
    return [app, Object.assign({}, ...catalogues.map(([, catalogue]) => catalogue))];
  });
  return Object.fromEntries(merged);
}

/**
 * The upper bounds of a histogram as the apps declare it.
 * @throws Error for a name that no catalogue has
 */
export function bucketsOf(name: string): readonly number[] {
  const buckets = Object.values(metricCatalogues).flatMap((all) => all[name]?.buckets ?? []);
  if (buckets.length > 0) return buckets;
  throw new Error(`Expected a histogram of a catalogue, got \`${name}\`.`);
}

// The default metrics of prom-client, and those that Prometheus adds for every target.
const defaultMetrics =
  /^(process_[a-z_]+|nodejs_[a-z0-9_]+|up|scrape_[a-z_]+|ALERTS(_FOR_STATE)?)$/;

/** Of the catalogues, with the suffixes of histograms, and of the stack. */
export function knownMetricNames(): { has(name: string): boolean } {
  const names = new Set([
    ...stackMetrics,
    ...Object.values(metricCatalogues).flatMap((catalogue) =>
      Object.entries(catalogue).flatMap(([name, { type }]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    ),
  ]);
  return { has: (name) => names.has(name) || defaultMetrics.test(name) };
}

/** Of the catalogues, of the stack, and of Prometheus itself. */
export function knownLabelNames(): ReadonlySet<string> {
  return new Set([
    ...Object.values(metricCatalogues).flatMap((catalogue) =>
      Object.values(catalogue).flatMap(({ labels }) => Object.keys(labels)),
    ),
    ...stackLabels,
    ...['job', 'instance', 'tier', 'le', 'quantile', 'alertname', 'alertstate', 'severity'],
  ]);
}
