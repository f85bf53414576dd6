import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@watchkeeper/stack';
import { libraryMetrics, type MetricCatalogue } from '@watchkeeper/telemetry';
import { stackLabels, stackMetrics } from './stack-metrics.ts';

const apps = join(repositoryRoot, 'apps');

/** Every catalogue of metrics, by who owns it: an app that is new is in it without a word here. */
export const metricCatalogues: Readonly<Record<string, MetricCatalogue>> = {
  '@watchkeeper/telemetry': libraryMetrics,
  ...Object.fromEntries(await Promise.all(appsWithCatalogue().map(readCatalogue))),
};

function appsWithCatalogue(): string[] {
  return readdirSync(apps).filter((app) => existsSync(join(apps, app, 'src/catalogue.ts')));
}

async function readCatalogue(app: string): Promise<[string, MetricCatalogue]> {
  const module = (await import(join(apps, app, 'src/catalogue.ts'))) as Record<string, unknown>;
  const metrics = Object.entries(module).filter(([name]) => name.endsWith('Metrics'));
  return [app, Object.assign({}, ...metrics.map(([, catalogue]) => catalogue))];
}

// What every Node.js process says of itself through prom-client, and Prometheus of every target.
const foreign = [
  ...[/^process_[a-z_]+$/, /^nodejs_[a-z0-9_]+$/, /^up$/, /^scrape_[a-z_]+$/, /^ALERTS$/],
];

/** The names that exist: the catalogues', with the suffixes of histograms, and the stack's. */
export function knownMetricNames(): { has(name: string): boolean } {
  const names = new Set([
    ...stackMetrics,
    ...Object.values(metricCatalogues).flatMap((catalogue) =>
      Object.entries(catalogue).flatMap(([name, { type }]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    ),
  ]);
  return {
    has: (name) => names.has(name) || foreign.some((pattern) => pattern.test(name)),
  };
}

/** The labels that exist: the catalogues', the stack's, and those that Prometheus gives. */
export function knownLabelNames(): ReadonlySet<string> {
  return new Set([
    ...Object.values(metricCatalogues).flatMap((catalogue) =>
      Object.values(catalogue).flatMap(({ labels }) => Object.keys(labels)),
    ),
    ...stackLabels,
    ...['job', 'instance', 'tier', 'le', 'alertname', 'alertstate', 'severity'],
  ]);
}
