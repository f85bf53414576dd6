import { writeFileSync } from 'node:fs';
import { StackError } from '@watchkeeper/stack/stack-error';
import type { BacktestRequest } from './arguments.ts';
import { createCalendar } from './calendar.ts';
import { findCoverage } from './coverage.ts';
import { type Evaluation, evaluateAlerts } from './evaluate.ts';
import { drawPicture } from './picture.ts';
import { createPast } from './prometheus.ts';
import type { Stretch } from './replay.ts';
import { formatConclusions, formatSpan, formatTable, sortSummaries } from './report.ts';
import { readRules } from './rules.ts';
import { summarize } from './summary.ts';

// Prometheus' own default, for groups that do not say.
const defaultInterval = 60;
const daySeconds = 86_400;

interface Output {
  log(line: string): void;
  /** Seconds since 1970. */
  now(): number;
}

/**
 * Evaluates the alerts, prints the table and writes the picture.
 * @throws StackError for rules that do not parse and a Prometheus that does not answer or has no data
 */
export async function runBacktest(
  request: BacktestRequest,
  { log, now }: Output = { log: console.log, now: () => Math.floor(Date.now() / 1_000) },
): Promise<void> {
  const rules = readRules(request.rules, defaultInterval);
  const past = createPast(request.prometheus, request.authorization);
  const calendar = createCalendar(request.zone, request.nights);
  const end = now();
  const whole = { start: end - request.days * daySeconds, end, step: 60 };
  const covered = await findCoverage(past, whole);
  const range = { start: covered[0]?.from ?? end, end };
  const known = await past.metricNames(range);
  const seconds = covered.reduce((sum, { from, to }) => sum + to - from, 0);
  if (seconds === 0 || known.size === 0) {
    throw new StackError(
      `Expected data of the last ${request.days} days in ${request.prometheus}, got none.`,
    );
  }
  log(describeCoverage(covered, request.days, seconds));
  const evaluations = await evaluateAlerts(rules, {
    ...{ past, covered, range, known },
    ...{ step: request.step, readsRecordings: request.readsRecordings },
  });
  const summaries = evaluations
    .filter(({ problem }) => problem === undefined)
    .map((evaluation) => summarize(evaluation, calendar));
  const sorted = sortSummaries(summaries, seconds);
  if (sorted.fired.length > 0) log(`\n${formatTable(sorted.fired)}`);
  log(`\n${formatConclusions(sorted, evaluations, seconds)}`);
  const source = request.prometheus;
  write(request.picture, drawPicture(sorted.fired, { ...range, calendar, source }));
  log(`Picture: ${request.picture}`);
  if (request.json !== undefined) write(request.json, toJson(evaluations));
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new StackError(
      `Expected to write \`${file}\`, got ${(error as Error).message}. Name a file in a folder that exists.`,
      { cause: error },
    );
  }
}

function describeCoverage(covered: readonly Stretch[], days: number, seconds: number): string {
  const gaps = covered.length - 1;
  const has = `Prometheus has ${formatSpan(seconds)} of the last ${days} days`;
  return gaps === 0 ? `${has}.` : `${has}, with ${gaps} gaps, in which nothing is evaluated.`;
}

function toJson(evaluations: readonly Evaluation[]): string {
  const toIso = (seconds: number) => new Date(seconds * 1_000).toISOString();
  const alerts = evaluations.map(({ rule, firings, problem }) => ({
    alert: rule.name,
    labels: rule.labels,
    firings: firings.map(({ from, to }) => ({ from: toIso(from), to: toIso(to) })),
    ...(problem === undefined ? {} : { problem }),
  }));
  return `${JSON.stringify(alerts, undefined, 2)}\n`;
}
