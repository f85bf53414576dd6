/** How the rate changes in the course of time. */
export const shapes = ['steady', 'day', 'burst'] as const;

/** One of the shapes, with what it needs to know. */
export interface DayShape {
  readonly name: (typeof shapes)[number];
  /** How long a day takes. */
  readonly dayMinutes: number;
  /** What a burst multiplies the rate by. */
  readonly burstFactor: number;
}

// What people order by hour, from midnight: most for lunch and dinner, nearly nothing at night.
const hours = [
  ...[0.25, 0.12, 0.08, 0.06, 0.06, 0.1, 0.25, 0.5, 0.7, 0.75, 0.9, 1.6],
  ...[2.2, 1.9, 1.1, 0.9, 1.0, 1.6, 2.4, 2.7, 2.2, 1.4, 0.8, 0.45],
];
const mean = hours.reduce((sum, weight) => sum + weight, 0) / hours.length;
// So that who starts a demo sees it get busy.
const firstHour = 10;

// Long enough for queues to build up, and to empty again before the next.
const burstEveryMs = 300_000;
const burstMs = 30_000;

/**
 * By what the rate is to be multiplied, `elapsedMs` after the start. Over a day it is 1 on average.
 */
export function factorAt({ name, dayMinutes, burstFactor }: DayShape, elapsedMs: number): number {
  if (name === 'steady') return 1;
  if (name === 'burst') {
    return elapsedMs % burstEveryMs >= burstEveryMs - burstMs ? burstFactor : 1;
  }
  const hour = firstHour + (elapsedMs / 60_000 / dayMinutes) * hours.length;
  const before = weightOf(Math.floor(hour));
  const after = weightOf(Math.floor(hour) + 1);
  return (before + (after - before) * (hour % 1)) / mean;
}

function weightOf(hour: number): number {
  return hours[hour % hours.length] ?? mean;
}
