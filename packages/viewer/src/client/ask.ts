/** Asks the server, which asks Prometheus or Loki; throws what a panel should say. */
export type Ask = (
  source: string,
  question: string,
  parameters: Readonly<Record<string, string | number>>,
) => Promise<unknown>;

// What a browser and Prometheus do well together; more would only wait there.
const atOnce = 4;

/** Makes the asker of one drawing of the page; what is asked when it is aborted is forgotten. */
export function createAsk(signal: AbortSignal): Ask {
  let running = 0;
  const waiting: (() => void)[] = [];
  const answers = new Map<string, Promise<unknown>>();

  async function send(address: string): Promise<unknown> {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      const response = await fetch(address, { signal });
      const body = (await response.json()) as { error?: string; data?: unknown };
      if (!response.ok) throw new Error(body.error ?? `The server answered ${response.status}.`);
      return body.data;
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  }

  return (source, question, parameters) => {
    const search = new URLSearchParams(
      Object.entries(parameters).map(([name, value]) => [name, String(value)]),
    );
    const address = `/dashboards/data/${source}/${question}?${search}`;
    // Panels that ask the same share the answer.
    const known = answers.get(address) ?? send(address);
    answers.set(address, known);
    return known;
  };
}
