import { setTimeout as sleep } from 'node:timers/promises';
import type { DrillSystem } from '../systems/system.ts';
import { createPrometheus, lokiAlerts, type RuleAlert } from './monitoring-clients.ts';

/** An alert from its first pending to its end; times in ms since 1970. */
export interface TrackedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The first evaluation at which its expression held. */
  readonly activeAtMs: number;
  /** When it was first seen firing and first seen gone, within one poll interval. */
  readonly firingAtMs: number | undefined;
  readonly goneAtMs: number | undefined;
}

export type AlertTracker = ReturnType<typeof createAlertTracker>;

type Mutable = { -readonly [K in keyof TrackedAlert]: TrackedAlert[K] };

/** Polls the rulers of Prometheus and Loki; one that does not answer changes nothing. */
export function createAlertTracker(system: DrillSystem, everyMs: number) {
  const seen = new Map<string, Mutable>();
  const [prometheusUrl, lokiUrl] = [system.url('prometheus'), system.url('loki')];
  let isStopped = false;

  async function poll(ruler: string, readAlerts: () => Promise<RuleAlert[]>): Promise<void> {
    const alerts = await readAlerts().catch(() => undefined);
    if (alerts === undefined) return;
    const nowMs = Date.now();
    const present = new Set<string>();
    for (const alert of alerts) {
      const key = `${ruler} ${JSON.stringify(alert.labels)} ${alert.activeAt}`;
      present.add(key);
      record(seen, key, alert, nowMs);
    }
    for (const [key, alert] of seen) {
      if (key.startsWith(`${ruler} `) && !present.has(key)) alert.goneAtMs ??= nowMs;
    }
  }

  async function follow(ruler: string, readAlerts: () => Promise<RuleAlert[]>): Promise<void> {
    while (!isStopped) {
      await poll(ruler, readAlerts);
      await sleep(everyMs);
    }
  }

  const following = Promise.all([
    prometheusUrl && follow('prometheus', createPrometheus(prometheusUrl).alerts),
    lokiUrl && follow('loki', () => lokiAlerts(lokiUrl)),
  ]);
  return {
    /** Alerts of that name that became active or fired at or after that time. */
    alertsSince: (name: string, sinceMs: number): TrackedAlert[] =>
      [...seen.values()].filter(
        ({ labels, activeAtMs, firingAtMs = activeAtMs }) =>
          labels.alertname === name && Math.max(activeAtMs, firingAtMs) >= sinceMs,
      ),
    async stop() {
      isStopped = true;
      await following;
    },
  };
}

function record(seen: Map<string, Mutable>, key: string, alert: RuleAlert, nowMs: number): void {
  const { labels, annotations, state, activeAt } = alert;
  const activeAtMs = Date.parse(activeAt);
  const known = seen.get(key);
  // An alert that is firing when first seen may have done so for long.
  const firingAtMs = state === 'firing' ? (known ? nowMs : activeAtMs) : undefined;
  seen.set(key, {
    ...{ labels, annotations, activeAtMs, goneAtMs: undefined },
    firingAtMs: known?.firingAtMs ?? firingAtMs,
  });
}
