import { setTimeout as sleep } from 'node:timers/promises';
import type { DrillSystem } from '../systems/system.ts';
import { createPrometheus, lokiAlerts, type RuleAlert } from './monitoring-clients.ts';

/** What was seen of an alert, from its first pending to its end; times in ms since 1970. */
export interface TrackedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The evaluation at which its expression held for the first time. */
  readonly activeAtMs: number;
  /** When it was first and last seen firing, to one look. */
  readonly firingAtMs: number | undefined;
  readonly goneAtMs: number | undefined;
}

/** Looks at the alerts again and again. */
export interface AlertTracker {
  /** Alerts of that name that became active or fired at or after that time. */
  alertsSince(name: string, sinceMs: number): TrackedAlert[];
  stop(): Promise<void>;
}

type Mutable = { -readonly [K in keyof TrackedAlert]: TrackedAlert[K] };

/** Follows Prometheus' and Loki's rulers; while one does not answer, nothing is concluded. */
export function createAlertTracker(system: DrillSystem, everyMs: number): AlertTracker {
  const seen = new Map<string, Mutable>();
  const [prometheusUrl, lokiUrl] = [system.url('prometheus'), system.url('loki')];
  const rulers: { name: string; ask: () => Promise<RuleAlert[]> }[] = [];
  if (prometheusUrl) {
    rulers.push({ name: 'prometheus', ask: createPrometheus(prometheusUrl).alerts });
  }
  if (lokiUrl) rulers.push({ name: 'loki', ask: () => lokiAlerts(lokiUrl) });
  let isOver = false;

  async function look({ name, ask }: (typeof rulers)[number]): Promise<void> {
    const alerts = await ask().catch(() => undefined);
    if (alerts === undefined) return;
    const nowMs = Date.now();
    const present = new Set<string>();
    for (const alert of alerts) {
      const key = `${name} ${JSON.stringify(alert.labels)} ${alert.activeAt}`;
      present.add(key);
      record(seen, key, alert, nowMs);
    }
    for (const [key, alert] of seen) {
      if (key.startsWith(`${name} `) && !present.has(key)) alert.goneAtMs ??= nowMs;
    }
  }

  async function follow(ruler: (typeof rulers)[number]): Promise<void> {
    while (!isOver) {
      await look(ruler);
      await sleep(everyMs);
    }
  }

  const following = Promise.all(rulers.map(follow));
  return {
    alertsSince: (name, sinceMs) =>
      [...seen.values()].filter(
        ({ labels, activeAtMs, firingAtMs = activeAtMs }) =>
          labels.alertname === name && Math.max(activeAtMs, firingAtMs) >= sinceMs,
      ),
    async stop() {
      isOver = true;
      await following;
    },
  };
}

function record(
  seen: Map<string, Mutable>,
  key: string,
  { labels, annotations, state, activeAt }: RuleAlert,
  nowMs: number,
): void {
  const alert = seen.get(key) ?? {
    labels,
    annotations,
    activeAtMs: Date.parse(activeAt),
    firingAtMs: undefined,
    goneAtMs: undefined,
  };
  alert.goneAtMs = undefined;
  alert.annotations = annotations;
  // What fires when it is seen for the first time may have done so for long.
  if (state === 'firing') alert.firingAtMs ??= seen.has(key) ? nowMs : alert.activeAtMs;
  seen.set(key, alert);
}
