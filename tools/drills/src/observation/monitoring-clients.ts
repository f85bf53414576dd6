type Labels = Readonly<Record<string, string>>;

export interface RuleAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: 'pending' | 'firing' | 'inactive';
  /** The first evaluation at which its expression held, ISO 8601. */
  readonly activeAt: string;
}

export interface InboxAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: string;
  readonly receivedAt: { readonly firing: string | null; readonly resolved: string | null };
}

interface Inbox {
  readonly alerts: readonly InboxAlert[];
  readonly heartbeat: { readonly status: string; readonly lateSince: string | null };
}

interface AlertingRule {
  readonly name: string;
  readonly query: string;
  readonly health: string;
}

interface QueryResult<V> {
  readonly result: readonly ({ readonly metric: Labels } & V)[];
}

type Sample = readonly [seconds: number, value: string];

const timeoutMs = 5_000;

/** Rejects with the text of a response that is refused or is no JSON. */
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
    async query(query: string) {
      const { result } = await get<QueryResult<{ value: Sample }>>('query', { query });
      return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    /** The times of the stored samples of each series, in ms since 1970. */
    async sampleTimes(selector: string, rangeSeconds: number) {
      const query = `${selector}[${Math.ceil(rangeSeconds)}s]`;
      const { result } = await get<QueryResult<{ values: Sample[] }>>('query', { query });
      return result.map(({ metric, values }) => ({
        labels: metric,
        timesMs: values.map(([seconds]) => seconds * 1_000),
      }));
    },
    /** The first time at which an expression returns anything, in ms since 1970. */
    async firstTime(query: string, fromMs: number, toMs: number): Promise<number | undefined> {
      // As fine as the API allows: at most eleven thousand points.
      const step = Math.max(0.1, (toMs - fromMs) / 1_000 / 10_000);
      const { result } = await get<QueryResult<{ values: Sample[] }>>('query_range', {
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

/** The alerts of Loki's ruler, which has Prometheus' API. */
export async function lokiAlerts(base: string): Promise<RuleAlert[]> {
  const { data } = await getJson<{ data: { alerts: RuleAlert[] | null } }>(
    `${base}/prometheus/api/v1/alerts`,
  );
  // It capitalizes states, Prometheus does not.
  return (data.alerts ?? []).map((alert) => ({
    ...alert,
    state: alert.state.toLowerCase() as RuleAlert['state'],
  }));
}

/** The inbox with one alert, or all. */
export function readInbox(base: string, alertname?: string): Promise<Inbox> {
  const query = alertname === undefined ? '' : `?alertname=${encodeURIComponent(alertname)}`;
  return getJson<Inbox>(`${base}/api/v1/alerts${query}`);
}

interface HeldAlert {
  readonly labels: Labels;
  readonly fingerprint: string;
  readonly status: { readonly inhibitedBy: readonly string[] };
}

/** The alerts that mute one of that name in Alertmanager, such as `ServiceDown of api`. */
export async function mutersOf(base: string, alertname: string): Promise<string[]> {
  const alerts = await getJson<HeldAlert[]>(`${base}/api/v2/alerts`);
  const muted = alerts.filter(({ labels }) => labels.alertname === alertname);
  const muters = new Set(muted.flatMap(({ status }) => status.inhibitedBy));
  return alerts
    .filter(({ fingerprint }) => muters.has(fingerprint))
    .map(({ labels }) => `${labels.alertname} of ${labels.job ?? 'no job'}`);
}
