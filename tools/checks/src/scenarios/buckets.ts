import { apiMetrics } from '@watchkeeper/api/catalogue';
import { libraryMetrics, type MetricCatalogue } from '@watchkeeper/telemetry';

const catalogues: readonly MetricCatalogue[] = [libraryMetrics, apiMetrics];

/**
 * The upper bounds of a histogram as the apps declare it.
 * @throws Error for a name that no catalogue has
 */
export function bucketsOf(name: string): readonly number[] {
  for (const catalogue of catalogues) {
    const buckets = catalogue[name]?.buckets;
    if (buckets !== undefined) return buckets;
  }
  throw new Error(`Expected a histogram of a catalogue, got \`${name}\`.`);
}
