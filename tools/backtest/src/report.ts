import { formatColumns } from '@watchkeeper/stack';
import type { Evaluation } from './evaluate.ts';
import type { AlertSummary } from './summary.ts';

const headings = [
  ...['alert', 'severity', 'fired', 'firing in all', 'longest'],
  ...['worst day', 'nights disturbed'],
];

export interface Sorted {
  /** Those that fired longest first. */
  readonly fired: readonly AlertSummary[];
  /** Heartbeats, or an alert that nobody would look at any more. */
  readonly always: readonly AlertSummary[];
  readonly never: readonly AlertSummary[];
}

/** @param seconds how long the rules were evaluated */
export function sortSummaries(summaries: readonly AlertSummary[], seconds: number): Sorted {
  const isAlways = (summary: AlertSummary) => summary.seconds > 0.99 * seconds;
  return {
    fired: summaries
      .filter((summary) => summary.fired > 0 && !isAlways(summary))
      .sort((one, other) => other.seconds - one.seconds),
    always: summaries.filter(isAlways),
    never: summaries.filter(({ fired }) => fired === 0),
  };
}

/** The table of the alerts that would have fired. */
export function formatTable(fired: readonly AlertSummary[]): string {
  const rows = fired.map((summary) => [
    ...[summary.name, summary.severity, String(summary.fired)],
    ...[formatSpan(summary.seconds), formatSpan(summary.longestSeconds)],
    ...[describeDay(summary), String(summary.nights.length)],
  ]);
  return formatColumns([headings, ...rows]);
}

function describeDay({ worstDay }: AlertSummary): string {
  if (worstDay === undefined) return '';
  return `${worstDay.day}: ${worstDay.fired}x, ${formatSpan(worstDay.seconds)}`;
}

/** `3d 4h`, `4h 10m`, `12m`, `45s`: the two largest units. */
export function formatSpan(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)}s`;
  const minutes = Math.round(seconds / 60);
  const parts = [
    { unit: 'd', count: Math.floor(minutes / 1_440) },
    { unit: 'h', count: Math.floor(minutes / 60) % 24 },
    { unit: 'm', count: minutes % 60 },
  ].filter(({ count }) => count > 0);
  const [first, second] = parts;
  return [first, second].flatMap((part) => (part ? `${part.count}${part.unit}` : [])).join(' ');
}

/** What the whole would have meant for those on call, and what is missing from the table. */
export function formatConclusions(
  { fired, always, never }: Sorted,
  evaluations: readonly Evaluation[],
  seconds: number,
): string {
  const pages = fired.filter(({ severity }) => severity === 'critical');
  const count = pages.reduce((sum, page) => sum + page.fired, 0);
  const nights = new Set(pages.flatMap((page) => page.nights)).size;
  const weekly = ((count / seconds) * 604_800).toFixed(1);
  const list = (names: readonly string[]) => names.join(', ') || 'none';
  const blind = evaluations.filter(({ isBlind }) => isBlind);
  const judged = never.filter(({ name }) => !blind.some(({ rule }) => rule.name === name));
  const partly = evaluations.filter(({ isBlind, missing }) => !isBlind && missing.length > 0);
  const describe = (what: string, which: readonly Evaluation[]) =>
    which.map(({ rule, missing }) => `${what}: ${rule.name}, without ${list(missing)}.`);
  return [
    `Critical alerts began to fire ${count} times (${weekly} a week), in ${nights} of the nights. ` +
      'Alertmanager groups and inhibits: notifications are fewer.',
    ...(always.length === 0 ? [] : [`All the time: ${list(always.map(({ name }) => name))}.`]),
    `Never: ${list(judged.map(({ name }) => name))}.`,
    ...describe('Judged in part', partly),
    ...describe('Nothing to judge by', blind),
    ...evaluations.flatMap(({ rule, problem }) =>
      problem === undefined ? [] : [`Not evaluated: ${rule.name}: ${problem}`],
    ),
  ].join('\n');
}
