import { parseDuration } from '@watchkeeper/viewer/model/duration';
import { type Engine, lengthOf, queryScenario, selectForScenario } from '../scenarios/promtool.ts';
import type { Scenario } from '../scenarios/schema.ts';

/** An alert from its firing to its end, in seconds since the scenario's beginning. */
export interface FiredAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly firesAt: number;
  /** The scenario's end, if it still fires then. */
  readonly endsAt: number;
}

/** Every alert that fires in a scenario, as Prometheus' own rule engine sees it, the first one first. */
export async function recordTimeline(scenario: Scenario, engine: Engine): Promise<FiredAlert[]> {
  const length = lengthOf(scenario);
  const times = Array.from(
    { length: Math.floor(length / scenario.interval) + 1 },
    (_, index) => index * scenario.interval,
  );
  const expr = 'ALERTS{alertstate="firing", alertname!="Watchdog"}';
  const output = await queryScenario(
    scenario,
    { ...engine, groups: selectForScenario(engine.groups, scenario) },
    times.map((seconds) => ({ expr, seconds })),
  );
  const seen = readResults(output);
  const open = new Map<string, FiredAlert>();
  const closed: FiredAlert[] = [];
  for (const seconds of times) {
    const firing = new Set(seen.get(seconds));
    for (const [key, alert] of open) {
      if (firing.has(key)) continue;
      closed.push({ ...alert, endsAt: seconds });
      open.delete(key);
    }
    for (const key of firing) {
      if (open.has(key)) continue;
      open.set(key, { labels: readLabels(key), firesAt: seconds, endsAt: length });
    }
  }
  return [...closed, ...open.values()].sort((one, other) => one.firesAt - other.firesAt);
}

/** The series of each result, as text, by the time of its query. */
function readResults(output: string): ReadonlyMap<number, readonly string[]> {
  const results = new Map<number, readonly string[]>();
  for (const [, time = '', got = ''] of output.matchAll(
    /, time: (\S+),\s+exp: nil\s+got: (.*)$/gm,
  )) {
    const series = got.match(/\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\}/g) ?? [];
    results.set((parseDuration(time) ?? 0) / 1_000, series);
  }
  return results;
}

function readLabels(series: string): Record<string, string> {
  const pairs = [...series.matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g)].map(
    ([, name = '', value = '']) => [name, JSON.parse(value) as string] as const,
  );
  return Object.fromEntries(pairs.filter(([name]) => name !== '__name__' && name !== 'alertstate'));
}

/**
 * The timeline at its worst: causes fire as late as their scrapes and evaluations allow, and end no
 * later. promtool evaluates every group at each sample; Prometheus does so at the group's interval.
 */
export function delayCauses(
  timeline: readonly FiredAlert[],
  causes: ReadonlySet<string>,
  intervalSecondsOf: (alert: string) => number,
): FiredAlert[] {
  return timeline
    .flatMap((alert) => {
      const { alertname = '' } = alert.labels;
      if (!causes.has(alertname)) return [alert];
      const firesAt = alert.firesAt + intervalSecondsOf(alertname);
      // One that is over by then was never evaluated.
      return firesAt < alert.endsAt ? [{ ...alert, firesAt }] : [];
    })
    .sort((one, other) => one.firesAt - other.firesAt);
}
