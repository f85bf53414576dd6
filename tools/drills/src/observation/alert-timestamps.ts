import type { DrillPage } from '../runbooks/drill-page.ts';
import { scrapeIntervalSeconds } from '../systems/own-monitoring.ts';
import type { DrillSystem } from '../systems/system.ts';
import type { TrackedAlert } from './alert-tracker.ts';
import { createPrometheus } from './monitoring-clients.ts';

/** The error of a measured time: one compressed scrape interval. */
export function measurementErrorSeconds(timeFactor: number): number {
  return Math.round((scrapeIntervalSeconds(timeFactor) / timeFactor) * 100) / 100;
}

/**
 * In ms since 1970. Prometheus records each evaluation of an alert as a sample of `ALERTS`, so the start of firing is
 * exact; Loki's ruler records nothing, so there the tracker's times count.
 */
export async function readAlertTimestamps(
  system: DrillSystem,
  page: DrillPage,
  { labels, activeAtMs, firingAtMs, goneAtMs }: TrackedAlert,
  injectedMs: number,
) {
  const tracked = { pending: activeAtMs, firing: firingAtMs, resolved: goneAtMs };
  const url = system.url('prometheus');
  if (page.isOfLoki || url === undefined) return { firstBad: activeAtMs, ...tracked };
  const prometheus = createPrometheus(url);
  const rangeSeconds = (Date.now() - injectedMs) / 1_000 + 1;
  const selector = `ALERTS{alertname="${page.name}", alertstate="firing"}`;
  const series = await prometheus.sampleTimes(selector, rangeSeconds);
  const same = series.filter(({ labels: each }) =>
    Object.entries(labels).every(([name, value]) => each[name] === value),
  );
  const times = same.flatMap(({ timesMs }) => timesMs).filter((time) => time >= activeAtMs);
  return {
    // Groups are evaluated at intervals of their own, so the end is the tracker's.
    ...tracked,
    firstBad: (await findFirstBad(prometheus, page.name, injectedMs, activeAtMs)) ?? activeAtMs,
    firing: times.length > 0 ? Math.min(...times) : firingAtMs,
  };
}

async function findFirstBad(
  prometheus: ReturnType<typeof createPrometheus>,
  name: string,
  fromMs: number,
  toMs: number,
): Promise<number | undefined> {
  const rule = (await prometheus.rules()).find((each) => each.name === name);
  if (rule === undefined || toMs <= fromMs) return undefined;
  return prometheus.firstTime(rule.query, fromMs, toMs).catch(() => undefined);
}
