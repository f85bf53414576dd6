interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

interface PrometheusAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

/** The parts of Prometheus' HTTP API that the tests use. */
export interface PrometheusClient {
  query(expression: string): Promise<Sample[]>;
  get<T>(path: string, parameters?: Record<string, string>): Promise<T>;
  alerts(): Promise<PrometheusAlert[]>;
}

/** A refused query rejects with Prometheus' error. */
export function createPrometheusClient(base: string): PrometheusClient {
  async function get<T>(path: string, parameters: Record<string, string> = {}): Promise<T> {
    const response = await fetch(`${base}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const body = (await response.json()) as { status: string; error?: string; data: T };
    if (body.status !== 'success') throw new Error(`${path}: ${body.error}`);
    return body.data;
  }
  return {
    get,
    async query(expression) {
      const { result } = await get<{
        result: { metric: Record<string, string>; value: [number, string] }[];
      }>('query', { query: expression });
      return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    alerts: async () => (await get<{ alerts: PrometheusAlert[] }>('alerts')).alerts,
  };
}
