import { messageOf, StackError } from '@watchkeeper/stack/stack-error';

interface AlertState {
  readonly receivers: readonly { readonly name: string }[];
  readonly status: {
    readonly state: string;
    readonly silencedBy: readonly string[];
    readonly inhibitedBy: readonly string[];
    readonly mutedBy?: readonly string[];
  };
}

/** An alert for Alertmanager's API. */
export interface SentAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** Counts by integration, such as `slack`. */
export type Deliveries = ReadonlyMap<string, { readonly sent: number; readonly failed: number }>;

/** Each method throws StackError. */
export interface AlertmanagerClient {
  send(alert: SentAlert): Promise<void>;
  find(job: string): Promise<AlertState | undefined>;
  deliveries(): Promise<Deliveries>;
}

const timeoutMs = 5_000;

export function createAlertmanagerClient(base: string): AlertmanagerClient {
  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    let response: Response;
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      response = await fetch(`${base}${path}`, { ...init, signal });
    } catch (error) {
      throw new StackError(
        `Expected Alertmanager to answer at ${base}, got \`${messageOf(error)}\`. See its log.`,
        { cause: error },
      );
    }
    if (response.ok) return response;
    const text = (await response.text()).trim().slice(0, 300);
    throw new StackError(`Alertmanager at ${base} answers ${response.status}: ${text}`);
  }
  return {
    async send(alert) {
      const headers = { 'content-type': 'application/json' };
      await ask('/api/v2/alerts', { method: 'POST', headers, body: JSON.stringify([alert]) });
    },
    async find(job) {
      const filter = new URLSearchParams({ filter: `job="${job}"` });
      const [found] = (await (await ask(`/api/v2/alerts?${filter}`)).json()) as AlertState[];
      return found;
    },
    deliveries: async () => readDeliveries(await (await ask('/metrics')).text()),
  };
}

function readDeliveries(metrics: string): Deliveries {
  const deliveries = new Map<string, { sent: number; failed: number }>();
  const line = /^alertmanager_notifications(_failed)?_total\{(.*)\} (\S+)$/gm;
  for (const [, failed, labels = '', value] of metrics.matchAll(line)) {
    const integration = /\bintegration="([^"]*)"/.exec(labels)?.[1] ?? '';
    const counts = deliveries.get(integration) ?? { sent: 0, failed: 0 };
    counts[failed ? 'failed' : 'sent'] += Number(value);
    deliveries.set(integration, counts);
  }
  return deliveries;
}
