import type { DrillPage } from '../runbooks/drill-page.ts';
import type { DrillSystem } from '../systems/system.ts';
import type { TrackedAlert } from './alert-tracker.ts';
import { createPrometheus } from './monitoring-clients.ts';

/** As shipped, services are scraped each five seconds. */
export const shippedIntervalSeconds = 5;

/** How far a time may be off: one scrape interval, as the system scrapes. */
export function measurementErrorSeconds(timeFactor: number): number {
  return Math.round((shippedIntervalSeconds / timeFactor) * 100) / 100;
}

/** When the alert was pending and firing and when it ended, from its ruler's own samples. */
export interface AlertTimestamps {
  readonly firstBad: number | undefined;
  readonly pending: number;
  readonly firing: number | undefined;
  readonly resolved: number | undefined;
}

/**
 * Prometheus records each evaluation of an alert as a sample of `ALERTS`, so when it began to fire is
 * exact; Loki's ruler records nothing, so there what was seen counts.
 */
export async function readAlertTimestamps(
  system: DrillSystem,
  page: DrillPage,
  { labels, activeAtMs, firingAtMs, goneAtMs }: TrackedAlert,
  injectedMs: number,
): Promise<AlertTimestamps> {
  const seen = { pending: activeAtMs, firing: firingAtMs, resolved: goneAtMs };
  const url = system.url('prometheus');
  if (page.isOfLoki || url === undefined) return { firstBad: activeAtMs, ...seen };
  const prometheus = createPrometheus(url);
  const rangeSeconds = (Date.now() - injectedMs) / 1_000 + 1;
  const selector = `ALERTS{alertname="${page.name}", alertstate="firing"}`;
  const series = await prometheus.sampleTimes(selector, rangeSeconds);
  const same = series.filter(({ labels: each }) =>
    Object.entries(labels).every(([name, value]) => each[name] === value),
  );
  const times = same.flatMap(({ timesMs }) => timesMs).filter((time) => time >= activeAtMs);
  return {
    firstBad: (await findFirstBad(prometheus, page.name, injectedMs, activeAtMs)) ?? activeAtMs,
    pending: activeAtMs,
    firing: times.length > 0 ? Math.min(...times) : firingAtMs,
    // Groups are evaluated at intervals of their own, so the end is when it was seen, to one look.
    resolved: goneAtMs,
  };
}

async function findFirstBad(
  prometheus: ReturnType<typeof createPrometheus>,
  name: string,
  fromMs: number,
  toMs: number,
): Promise<number | undefined> {
  const rules = await prometheus.rules();
  const rule = rules.find((each) => each.name === name);
  if (rule === undefined || toMs <= fromMs) return undefined;
  return prometheus.firstTime(rule.query, fromMs, toMs).catch(() => undefined);
}
