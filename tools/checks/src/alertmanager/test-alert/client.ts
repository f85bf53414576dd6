import { attachToSystem } from '@watchkeeper/drills/systems/attach';
import { messageOf, StackError } from '@watchkeeper/stack/stack-error';

interface AlertState {
  readonly receivers: readonly { readonly name: string }[];
  readonly status: {
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
export type Deliveries = ReturnType<typeof readDeliveries>;

export type AlertmanagerClient = ReturnType<typeof createAlertmanagerClient>;

const timeoutMs = 5_000;

/**
 * The addresses of Alertmanager and of the inbox.
 * @throws StackError when no system is running, or not both components
 */
export async function findRunningSystem() {
  const system = await attachToSystem();
  const addressOf = (component: 'alertmanager' | 'oncall') => {
    const address = system.url(component);
    if (address !== undefined) return address;
    throw new StackError(`Expected \`${component}\` to run. See \`npm run status\` and its log.`);
  };
  return { alertmanager: addressOf('alertmanager'), inbox: addressOf('oncall') };
}

/** Sends a request; throws StackError that names `who` when there is no answer, or a refusal. */
export async function request(who: string, url: string, init: RequestInit = {}): Promise<Response> {
  const { origin } = new URL(url);
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await fetch(url, { ...init, signal }).catch((cause: unknown) => {
    throw new StackError(
      `Expected ${who} to answer at ${origin}, got \`${messageOf(cause)}\`. See its log.`,
      { cause },
    );
  });
  if (response.ok) return response;
  const text = (await response.text()).trim().slice(0, 300);
  throw new StackError(`Expected ${who} to accept ${url}, got \`${response.status}\`: ${text}`);
}

/** Each method throws StackError. */
export function createAlertmanagerClient(base: string) {
  const send = (path: string, init?: RequestInit) => request('Alertmanager', base + path, init);
  return {
    async send(alert: SentAlert): Promise<void> {
      const headers = { 'content-type': 'application/json' };
      await send('/api/v2/alerts', { method: 'POST', headers, body: JSON.stringify([alert]) });
    },
    async find(job: string): Promise<AlertState | undefined> {
      const filter = new URLSearchParams({ filter: `job="${job}"` });
      const [found] = (await (await send(`/api/v2/alerts?${filter}`)).json()) as AlertState[];
      return found;
    },
    deliveries: async () => readDeliveries(await (await send('/metrics')).text()),
  };
}

function readDeliveries(metrics: string) {
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
