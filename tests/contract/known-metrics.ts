import { libraryMetrics, type MetricCatalogue } from '@watchkeeper/telemetry';
import { apiMetrics } from '../../apps/api/src/catalogue.ts';
import { externalsMetrics } from '../../apps/externals/src/catalogue.ts';
import { trafficMetrics } from '../../apps/traffic/src/catalogue.ts';

/** Every catalogue of metrics, by who owns it. */
export const metricCatalogues: Readonly<Record<string, MetricCatalogue>> = {
  '@watchkeeper/telemetry': libraryMetrics,
  api: apiMetrics,
  externals: externalsMetrics,
  traffic: trafficMetrics,
};

// What every Node.js process says of itself through prom-client, and Prometheus of every target.
const foreign = [/^process_[a-z_]+$/, /^nodejs_[a-z0-9_]+$/, /^up$/, /^scrape_[a-z_]+$/];

/** The names a service may emit: the catalogues', with the suffixes of histograms. */
export function knownMetricNames(): { has(name: string): boolean } {
  const names = new Set(
    Object.values(metricCatalogues).flatMap((catalogue) =>
      Object.entries(catalogue).flatMap(([name, { type }]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    ),
  );
  return {
    has: (name) => names.has(name) || foreign.some((pattern) => pattern.test(name)),
  };
}
