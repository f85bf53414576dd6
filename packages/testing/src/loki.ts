interface LokiStream {
  readonly stream: Readonly<Record<string, string>>;
  readonly values: readonly [time: string, line: string][];
}

interface LokiRule {
  readonly name: string;
  readonly health: string;
}

/** The parts of Loki's HTTP API that the tests use. */
export interface LokiClient {
  /** A few lines of the last hour. */
  query(expression: string): Promise<readonly LokiStream[]>;
  /** The number of lines of a service in the hour before `until`, in epoch seconds. */
  count(service: string, until: number): Promise<number>;
  labels(): Promise<readonly string[]>;
  rules(): Promise<readonly LokiRule[]>;
}

/** A response that is not JSON rejects. */
export function createLokiClient(base: string): LokiClient {
  async function get<T>(path: string, parameters: Record<string, string> = {}): Promise<T> {
    const response = await fetch(`${base}/${path}?${new URLSearchParams(parameters)}`);
    return ((await response.json()) as { data: T }).data;
  }
  return {
    async query(expression) {
      const parameters = { query: expression, limit: '5', since: '1h' };
      return (await get<{ result: LokiStream[] }>('loki/api/v1/query_range', parameters)).result;
    },
    async count(service, until) {
      const query = `sum(count_over_time({service="${service}"}[1h]))`;
      const { result } = await get<{ result: { value: [number, string] }[] }>('loki/api/v1/query', {
        query,
        time: String(until),
      });
      return Number(result[0]?.value[1] ?? 0);
    },
    labels: async () => (await get<string[]>('loki/api/v1/labels')).sort(),
    async rules() {
      const { groups } = await get<{ groups: { rules: LokiRule[] }[] }>('prometheus/api/v1/rules');
      return groups.flatMap(({ rules }) => rules);
    },
  };
}
