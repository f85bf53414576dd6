// As many as a label of the library may have values; past it they are recorded as `other`.
const maxKeys = 100;

/**
 * Runs `announce` once for each key, before anything is recorded of it: a series that begins with
 * its first failure shows no increase, so the failure is in no rate. Source:
 * https://prometheus.io/docs/practices/instrumentation/#avoid-missing-metrics
 */
export function initializeSeriesOnce(announce: (key: string) => void): (key: string) => void {
  const seen = new Set<string>();
  return (key) => {
    if (seen.has(key) || seen.size >= maxKeys) return;
    seen.add(key);
    announce(key);
  };
}
