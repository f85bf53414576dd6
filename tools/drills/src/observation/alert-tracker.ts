import { setTimeout as sleep } from 'node:timers/promises';
import type { DrillSystem } from '../systems/system.ts';
import { createPrometheus, lokiAlerts, type RuledAlert } from './monitoring-clients.ts';

/** What was seen of an alert, from its first pending to its end; times in ms since 1970. */
export interface Sighting {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The evaluation at which its expression held for the first time. */
  readonly activeAtMs: number;
  /** When it was first and last seen firing, to one look. */
  readonly firingAtMs: number | undefined;
  readonly goneAtMs: number | undefined;
}

/** Looks at the alerts again and again. */
export interface Follower {
  /** Alerts of that name that became active or fired at or after that time. */
  sightings(name: string, sinceMs: number): Sighting[];
  stop(): Promise<void>;
}

type Mutable = { -readonly [K in keyof Sighting]: Sighting[K] };

/** Follows Prometheus' and Loki's rulers; while one does not answer, nothing is concluded. */
export function createFollower(system: DrillSystem, everyMs: number): Follower {
  const seen = new Map<string, Mutable>();
  const [prometheusUrl, lokiUrl] = [system.url('prometheus'), system.url('loki')];
  const rulers: { name: string; ask: () => Promise<RuledAlert[]> }[] = [];
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
    for (const [key, sighting] of seen) {
      if (key.startsWith(`${name} `) && !present.has(key)) sighting.goneAtMs ??= nowMs;
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
    sightings: (name, sinceMs) =>
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
  { labels, annotations, state, activeAt }: RuledAlert,
  nowMs: number,
): void {
  const sighting = seen.get(key) ?? {
    labels,
    annotations,
    activeAtMs: Date.parse(activeAt),
    firingAtMs: undefined,
    goneAtMs: undefined,
  };
  sighting.goneAtMs = undefined;
  sighting.annotations = annotations;
  // What fires when it is seen for the first time may have done so for long.
  if (state === 'firing') sighting.firingAtMs ??= seen.has(key) ? nowMs : sighting.activeAtMs;
  seen.set(key, sighting);
}
