/** An alert as a ruler sees it. */
export interface RuleAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing' | 'inactive';
  /** The first evaluation at which its expression held, ISO 8601. */
  readonly activeAt: string;
}

/** One series of an instant query. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** An alert as the inbox answers it. */
export interface InboxAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly receivedAt: { readonly firing: string | null; readonly resolved: string | null };
}

/** What the inbox knows. */
export interface Inbox {
  readonly alerts: readonly InboxAlert[];
  readonly heartbeat: { readonly status: string; readonly lateSince: string | null };
}

/** An alerting rule as Prometheus answers it. */
export interface AlertingRule {
  readonly name: string;
  readonly query: string;
  readonly duration: number;
  readonly health: string;
  readonly lastError?: string;
}

const timeoutMs = 5_000;

/** Asks for JSON; an answer that is none, or a refusal, rejects with its text. */
export async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text.slice(0, 300)}`);
  return JSON.parse(text) as T;
}

/** The parts of Prometheus' API that drills use; `base` is its address. */
export function createPrometheus(base: string) {
  async function get<T>(path: string, parameters: Record<string, string> = {}): Promise<T> {
    const url = `${base}/api/v1/${path}?${new URLSearchParams(parameters)}`;
    return (await getJson<{ data: T }>(url)).data;
  }
  return {
    alerts: async () => (await get<{ alerts: RuleAlert[] }>('alerts')).alerts,
    async rules(): Promise<AlertingRule[]> {
      const { groups } = await get<{ groups: { rules: AlertingRule[] }[] }>('rules');
      return groups.flatMap(({ rules }) => rules);
    },
    async query(query: string): Promise<Sample[]> {
      const { result, resultType } = await get<{
        resultType: string;
        result: { metric: Record<string, string>; value: [number, string] }[];
      }>('query', { query });
      if (resultType === 'scalar') {
        const [, value] = result as unknown as [number, string];
        return [{ labels: {}, value: Number(value) }];
      }
      return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    /** The times, in milliseconds since 1970, at which samples of each series really are. */
    async sampleTimes(selector: string, rangeSeconds: number) {
      const query = `${selector}[${Math.ceil(rangeSeconds)}s]`;
      const { result } = await get<{
        result: { metric: Record<string, string>; values: [number, string][] }[];
      }>('query', { query });
      return result.map(({ metric, values }) => ({
        labels: metric,
        timesMs: values.map(([seconds]) => seconds * 1_000),
      }));
    },
    /** The first time at which an expression gives anything; undefined when it never does. */
    async firstTime(query: string, fromMs: number, toMs: number): Promise<number | undefined> {
      // As fine as the API allows: eleven thousand points at most.
      const step = Math.max(0.1, (toMs - fromMs) / 1_000 / 10_000);
      const { result } = await get<{ result: { values: [number, string][] }[] }>('query_range', {
        query,
        start: String(fromMs / 1_000),
        end: String(toMs / 1_000),
        step: String(step),
      });
      const first = result.flatMap(({ values }) => values[0]?.[0] ?? []);
      return first.length === 0 ? undefined : Math.min(...first) * 1_000;
    },
  };
}

/** The alerts of Loki's ruler, which speaks like Prometheus. */
export async function lokiAlerts(base: string): Promise<RuleAlert[]> {
  const { data } = await getJson<{ data: { alerts: RuleAlert[] | null } }>(
    `${base}/prometheus/api/v1/alerts`,
  );
  // It writes states with a capital, Prometheus without.
  return (data.alerts ?? []).map((alert) => ({
    ...alert,
    state: alert.state.toLowerCase() as RuleAlert['state'],
  }));
}

/** What the inbox has heard, of one alert or of all. */
export function readInbox(base: string, alertname?: string): Promise<Inbox> {
  const query = alertname === undefined ? '' : `?alertname=${encodeURIComponent(alertname)}`;
  return getJson<Inbox>(`${base}/api/v1/alerts${query}`);
}
