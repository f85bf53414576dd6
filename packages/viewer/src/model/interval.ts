import type { TimeRange } from './time-range.ts';

// Grafana's own steps: up to the first number (ms) the step is the second.
// Source: https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/datetime/rangeutil.ts
const steps = [
  [10, 1],
  [15, 10],
  [35, 20],
  [75, 50],
  [150, 100],
  [350, 200],
  [750, 500],
  [1_500, 1_000],
  [3_500, 2_000],
  [7_500, 5_000],
  [12_500, 10_000],
  [17_500, 15_000],
  [25_000, 20_000],
  [45_000, 30_000],
  [90_000, 60_000],
  [210_000, 120_000],
  [450_000, 300_000],
  [750_000, 600_000],
  [1_050_000, 900_000],
  [1_500_000, 1_200_000],
  [2_700_000, 1_800_000],
  [5_400_000, 3_600_000],
  [9_000_000, 7_200_000],
  [16_200_000, 10_800_000],
  [32_400_000, 21_600_000],
  [86_400_000, 43_200_000],
] as const;
const largestStep = 86_400_000;

// The interval at which Prometheus scrapes services; the provisioned data source says the same.
const scrapeMs = 5_000;

/** The step in milliseconds for so many points over a range, as Grafana chooses it. */
export function stepFor({ from, to }: TimeRange, points: number): number {
  const exact = (to - from) / Math.max(points, 1);
  const rounded = steps.find(([limit]) => exact < limit)?.[1] ?? largestStep;
  return Math.max(rounded, scrapeMs);
}

/** The range moved to multiples of the step, so that a refresh asks for the same moments again. */
export function alignRange({ from, to }: TimeRange, stepMs: number): TimeRange {
  return { from: Math.floor(from / stepMs) * stepMs, to: Math.floor(to / stepMs) * stepMs };
}
