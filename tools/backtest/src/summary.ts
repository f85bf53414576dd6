import type { Calendar } from './calendar.ts';
import type { Evaluation } from './evaluate.ts';
import type { Stretch } from './replay.ts';

/** What an alert would have done over the past. */
export interface AlertSummary {
  readonly name: string;
  readonly severity: string;
  /** How often it would have begun to fire, each series counted. */
  readonly fired: number;
  /** During which at least one of its series fires. */
  readonly seconds: number;
  readonly longestSeconds: number;
  /** The day on which it fires longest. */
  readonly worstDay?: { readonly day: string; readonly fired: number; readonly seconds: number };
  /** Evenings of the nights in which it begins to fire. */
  readonly nights: readonly string[];
  readonly stretches: readonly Stretch[];
}

export function summarize(
  { rule, firings }: Pick<Evaluation, 'rule' | 'firings'>,
  calendar: Calendar,
): AlertSummary {
  const stretches = merge(firings);
  const lengths = stretches.map(({ from, to }) => to - from);
  const days = countDays(firings, stretches, calendar);
  const [worst] = [...days].sort(([, one], [, other]) => other.seconds - one.seconds);
  return {
    name: rule.name,
    severity: rule.labels.severity ?? '',
    fired: firings.length,
    seconds: lengths.reduce((sum, length) => sum + length, 0),
    longestSeconds: Math.max(0, ...lengths),
    ...(worst ? { worstDay: { day: worst[0], ...worst[1] } } : {}),
    nights: [...new Set(firings.flatMap(({ from }) => calendar.night(from) ?? []))],
    stretches,
  };
}

/** Without overlaps; the firings are in the order of their beginnings. */
function merge(firings: readonly Stretch[]): Stretch[] {
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of firings) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}

type Day = { fired: number; seconds: number };

function countDays(
  firings: readonly Stretch[],
  stretches: readonly Stretch[],
  calendar: Calendar,
): ReadonlyMap<string, Day> {
  const days = new Map<string, Day>();
  const add = (day: string, fired: number, seconds: number) => {
    const sums = days.get(day) ?? { fired: 0, seconds: 0 };
    days.set(day, { fired: sums.fired + fired, seconds: sums.seconds + seconds });
  };
  for (const { from } of firings) add(calendar.day(from), 1, 0);
  for (const { from, to } of stretches) {
    for (const part of quartersOf(from, to)) add(calendar.day(part.from), 0, part.to - part.from);
  }
  return days;
}

/** Cut at each quarter of an hour, at one of which every zone's day begins. */
export function* quartersOf(from: number, to: number): Iterable<Stretch> {
  const quarter = 900;
  for (let start = from; start < to; ) {
    const end = Math.min(to, (Math.floor(start / quarter) + 1) * quarter);
    yield { from: start, to: end };
    start = end;
  }
}
