import { setTimeout as sleep } from 'node:timers/promises';
import type { PrometheusClient } from '@watchkeeper/testing/prometheus';

/** The evaluation time of a group, or of one of its rules. */
export type RuleCost = ReturnType<typeof summarize>[number];

interface Evaluated {
  readonly name: string;
  readonly evaluationTime: number;
  readonly lastEvaluation: string;
}

type Group = Evaluated & { readonly interval: number; readonly rules: readonly Evaluated[] };

interface Timings {
  readonly intervalSeconds: number;
  /** Milliseconds by the time of the evaluation, so that none counts twice. */
  readonly byEvaluation: Map<string, number>;
}

/** Polls the evaluation times for that long. */
export async function watchRules(prometheus: PrometheusClient, seconds: number) {
  const groups = new Map<string, Timings>();
  const rules = new Map<string, Timings>();
  for (const deadline = Date.now() + seconds * 1_000; Date.now() < deadline; await sleep(2_000)) {
    const answer = await prometheus.get<{ groups: Group[] }>('rules');
    for (const group of answer.groups) {
      record(groups, group.name, group, group.interval);
      for (const rule of group.rules) {
        record(rules, `${group.name}: ${rule.name}`, rule, group.interval);
      }
    }
  }
  return { groups: summarize(groups), rules: summarize(rules) };
}

function record(into: Map<string, Timings>, name: string, seen: Evaluated, interval: number) {
  const timings = into.get(name) ?? { intervalSeconds: interval, byEvaluation: new Map() };
  timings.byEvaluation.set(seen.lastEvaluation, seen.evaluationTime * 1_000);
  into.set(name, timings);
}

function summarize(timings: ReadonlyMap<string, Timings>) {
  return [...timings].map(([name, { intervalSeconds, byEvaluation }]) => {
    const times = [...byEvaluation.values()];
    const meanMs = times.reduce((sum, ms) => sum + ms, 0) / times.length;
    return { name, intervalSeconds, meanMs, maxMs: Math.max(...times) };
  });
}

/** Milliseconds per cycle, with the groups of longer intervals spread evenly over the cycles. */
export function perCycle({ meanMs, intervalSeconds }: RuleCost, cycleSeconds: number): number {
  return (meanMs * cycleSeconds) / intervalSeconds;
}
