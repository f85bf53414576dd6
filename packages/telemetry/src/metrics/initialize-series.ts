// The bound of the library's labels; later values are recorded as `other`.
const maxKeys = 100;

/**
 * Runs `initialize` once for each key, before its first recording: a series that starts with its
 * first failure shows no increase, so no rate contains that failure. Source:
 * https://prometheus.io/docs/practices/instrumentation/#avoid-missing-metrics
 */
export function initializeSeriesOnce(initialize: (key: string) => void): (key: string) => void {
  const seen = new Set<string>();
  return (key) => {
    if (seen.has(key) || seen.size >= maxKeys) return;
    seen.add(key);
    initialize(key);
  };
}
