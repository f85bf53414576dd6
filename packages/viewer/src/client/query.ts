/** Queries Prometheus or Loki through the server; throws an error with a message for the panel. */
export type Query = (
  source: string,
  endpoint: string,
  parameters: Readonly<Record<string, string | number>>,
) => Promise<unknown>;

// More would only queue in Prometheus.
const maxInFlight = 4;

/** Creates the client of one refresh; `signal` aborts its requests. */
export function createQueryClient(signal: AbortSignal): Query {
  let running = 0;
  const waiting: (() => void)[] = [];
  const answers = new Map<string, Promise<unknown>>();

  async function send(address: string): Promise<unknown> {
    if (running >= maxInFlight) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      const response = await fetch(address, { signal });
      const body = (await response.json()) as { error?: string; data?: unknown };
      if (!response.ok)
        throw new Error(body.error ?? `The server responded with ${response.status}.`);
      return body.data;
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  }

  return (source, endpoint, parameters) => {
    const search = new URLSearchParams(
      Object.entries(parameters).map(([name, value]) => [name, String(value)]),
    );
    const address = `/dashboards/data/${source}/${endpoint}?${search}`;
    // Panels with the same query share the response.
    const known = answers.get(address) ?? send(address);
    answers.set(address, known);
    return known;
  };
}
