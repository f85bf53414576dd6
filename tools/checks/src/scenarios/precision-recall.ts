import type { Firings } from './promtool.ts';
import type { Scenario } from './schema.ts';

/** The result of one scenario. */
export interface Verdict {
  readonly scenario: Scenario;
  readonly firings: Firings;
  /** Expected alerts that fired in time, with the seconds since the fault. */
  readonly detected: ReadonlyMap<string, number>;
  /** Expected alerts that did not fire, or too late. */
  readonly missed: readonly string[];
  /** Unexpected alerts. */
  readonly wrong: readonly string[];
}

// It always fires, to show that alerts arrive.
const always = new Set(['Watchdog']);

/**
 * Compares the alerts that fired with a scenario's labels. An alert that fires before its fault is wrong, one
 * that fires after its time is missed.
 * @param known alerts that the rules define; absent means all
 */
export function judge(scenario: Scenario, firings: Firings, known?: ReadonlySet<string>): Verdict {
  const { faultAt = 0, must, may } = scenario;
  const detected = new Map<string, number>();
  const missed: string[] = [];
  const early = new Set<string>();
  for (const [alert, limit] of Object.entries(must)) {
    if (known !== undefined && !known.has(alert)) continue;
    const firedAt = firings.get(alert)?.firstAt;
    if (firedAt !== undefined && firedAt < faultAt) early.add(alert);
    else if (firedAt === undefined || firedAt - faultAt > limit) missed.push(alert);
    else detected.set(alert, firedAt - faultAt);
  }
  const wrong = [...firings.keys()].filter(
    (alert) => !always.has(alert) && (early.has(alert) || !(alert in must || may.includes(alert))),
  );
  return { scenario, firings, detected, missed, wrong };
}

/** Sums over the corpus; precision and recall from 0 to 1. */
export function score(verdicts: readonly Verdict[]) {
  const sum = (count: (verdict: Verdict) => number) =>
    verdicts.reduce((total, verdict) => total + count(verdict), 0);
  const detected = sum((verdict) => verdict.detected.size);
  const missed = sum((verdict) => verdict.missed.length);
  const wrong = sum((verdict) => verdict.wrong.length);
  return {
    precision: detected + wrong === 0 ? 1 : detected / (detected + wrong),
    recall: detected + missed === 0 ? 1 : detected / (detected + missed),
    ...{ detected, missed, wrong },
  };
}
