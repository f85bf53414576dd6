import { setTimeout as sleep } from 'node:timers/promises';
import type { PrometheusClient } from '@watchkeeper/testing/prometheus';

/** What one group, or one rule of it, took. */
export interface RuleCost {
  readonly name: string;
  readonly intervalSeconds: number;
  readonly evaluations: number;
  readonly meanMs: number;
  readonly maxMs: number;
}

interface Evaluated {
  readonly name: string;
  readonly evaluationTime: number;
  readonly lastEvaluation: string;
}

interface Group extends Evaluated {
  readonly interval: number;
  readonly rules: readonly Evaluated[];
}

interface Timings {
  readonly intervalSeconds: number;
  /** Milliseconds by the time of the evaluation, so that none counts twice. */
  readonly byEvaluation: Map<string, number>;
}

/** Looks at the evaluations that Prometheus makes for so long. */
export async function watchRules(
  prometheus: PrometheusClient,
  seconds: number,
): Promise<{ groups: RuleCost[]; rules: RuleCost[] }> {
  const groups = new Map<string, Timings>();
  const rules = new Map<string, Timings>();
  for (const deadline = Date.now() + seconds * 1_000; Date.now() < deadline; await sleep(2_000)) {
    const answer = await prometheus.get<{ groups: Group[] }>('rules');
    for (const group of answer.groups) {
      note(groups, group.name, group, group.interval);
      for (const rule of group.rules) {
        note(rules, `${group.name}: ${rule.name}`, rule, group.interval);
      }
    }
  }
  return { groups: costsOf(groups), rules: costsOf(rules) };
}

function note(into: Map<string, Timings>, name: string, seen: Evaluated, interval: number): void {
  const timings = into.get(name) ?? { intervalSeconds: interval, byEvaluation: new Map() };
  timings.byEvaluation.set(seen.lastEvaluation, seen.evaluationTime * 1_000);
  into.set(name, timings);
}

function costsOf(timings: ReadonlyMap<string, Timings>): RuleCost[] {
  return [...timings].map(([name, { intervalSeconds, byEvaluation }]) => {
    const times = [...byEvaluation.values()];
    const meanMs = times.reduce((sum, ms) => sum + ms, 0) / times.length;
    return {
      ...{ name, intervalSeconds, meanMs },
      evaluations: times.length,
      maxMs: Math.max(...times),
    };
  });
}

/** Milliseconds in each of so many seconds, if a group that is due less often is spread evenly. */
export function perCycle({ meanMs, intervalSeconds }: RuleCost, cycleSeconds: number): number {
  return (meanMs * cycleSeconds) / intervalSeconds;
}
