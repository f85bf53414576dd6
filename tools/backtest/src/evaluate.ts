import { namesIn } from '@watchkeeper/checks/names/promql';
import PQueue from 'p-queue';
import { inlineRecordings } from './inline-recordings.ts';
import { type PastClient, type Range, RefusedQuery } from './prometheus.ts';
import { replaySeries, type Stretch } from './replay.ts';
import type { AlertRule, RuleSet } from './rules.ts';

export interface Evaluation {
  readonly rule: AlertRule;
  /** Of every series; they may overlap. */
  readonly firings: readonly Stretch[];
  /** Metrics that it reads and that Prometheus has none of; `isBlind` when it has none at all. */
  readonly missing: readonly string[];
  readonly isBlind: boolean;
  /** Why it could not be evaluated. */
  readonly problem?: string;
}

interface EvaluationOptions {
  readonly past: PastClient;
  readonly covered: readonly Stretch[];
  readonly range: Pick<Range, 'start' | 'end'>;
  /** The metrics that Prometheus has in the range. */
  readonly known: ReadonlySet<string>;
  /** Seconds; each rule's own interval by default. */
  readonly step?: number | undefined;
  /** Reads recordings from Prometheus' past instead of computing them. */
  readonly readsRecordings?: boolean | undefined;
}

// Two, so that the Prometheus that is asked keeps most of its processors for its own work.
const concurrency = 2;

/** Evaluates every alert over a range of the past, in the rules' order. */
export async function evaluateAlerts(
  { alerts, recordings }: RuleSet,
  options: EvaluationOptions,
): Promise<Evaluation[]> {
  const queue = new PQueue({ concurrency });
  return queue.addAll(
    alerts.map((rule) => async () => {
      try {
        const expr = options.readsRecordings ? rule.expr : inlineRecordings(rule.expr, recordings);
        return await evaluateAlert({ ...rule, expr }, options);
      } catch (error) {
        if (!(error instanceof RefusedQuery)) throw error;
        return { rule, firings: [], missing: [], isBlind: false, problem: error.message };
      }
    }),
  );
}

async function evaluateAlert(
  rule: AlertRule,
  { past, covered, range, known, ...options }: EvaluationOptions,
): Promise<Evaluation> {
  const { metrics } = namesIn(rule.expr);
  const missing = metrics.filter((metric) => !known.has(metric));
  const data = { missing, isBlind: missing.length > 0 && missing.length === metrics.length };
  const step = options.step ?? rule.interval;
  const start = Math.ceil(range.start / step) * step;
  const series = await past.queryRange(rule.expr, { start, end: range.end, step });
  const timing = { ...rule, interval: step };
  const firings = series.flatMap(({ times }) => replaySeries(times, covered, timing));
  return { rule, ...data, firings: firings.sort((one, other) => one.from - other.from) };
}
