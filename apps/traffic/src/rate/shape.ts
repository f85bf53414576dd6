export const shapes = ['steady', 'day', 'burst'] as const;

export interface DayShape {
  readonly name: (typeof shapes)[number];
  readonly dayMinutes: number;
  readonly burstFactor: number;
}

// Orders by hour, from midnight: peaks at lunch and dinner, few at night.
const hours = [
  ...[0.25, 0.12, 0.08, 0.06, 0.06, 0.1, 0.25, 0.5, 0.7, 0.75, 0.9, 1.6],
  ...[2.2, 1.9, 1.1, 0.9, 1.0, 1.6, 2.4, 2.7, 2.2, 1.4, 0.8, 0.45],
];
const mean = hours.reduce((sum, weight) => sum + weight, 0) / hours.length;
// A demo soon gets busy.
const firstHour = 10;

// Long enough for queues to build up and to drain before the next.
const burstEveryMs = 300_000;
const burstMs = 30_000;

/** The factor of the rate, `elapsedMs` after the start; the mean over a day is 1. */
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
