/** The parts of Jaeger's HTTP API that the tests use. */
export interface JaegerClient {
  spanCount(traceId: string): Promise<number>;
  /** Operations of a service with a call rate in the Monitor tab. */
  monitoredOperations(service: string): Promise<readonly string[]>;
  /** The HTTP status of a path. */
  status(path: string): Promise<number>;
}

/** `base` is the address that also serves Jaeger's pages. */
export function createJaegerClient(base: string): JaegerClient {
  async function get<T>(path: string): Promise<T> {
    return (await (await fetch(`${base}/${path}`)).json()) as T;
  }
  return {
    async spanCount(traceId) {
      const { data } = await get<{ data?: { spans: unknown[] }[] }>(`api/traces/${traceId}`);
      return data?.[0]?.spans.length ?? 0;
    },
    async monitoredOperations(service) {
      const parameters = new URLSearchParams({
        service,
        groupByOperation: 'true',
        lookback: '600000',
        ratePer: '60000',
        step: '15000',
        spanKind: 'server',
      });
      const { metrics = [] } = await get<{
        metrics?: { labels: { name: string; value: string }[] }[];
      }>(`api/metrics/calls?${parameters}`);
      return metrics.flatMap(({ labels }) =>
        labels.flatMap(({ name, value }) => (name === 'operation' ? [value] : [])),
      );
    },
    status: async (path) => (await fetch(`${base}/${path}`)).status,
  };
}
