import type { TimeRange } from './time-range.ts';

// Grafana's own steps: below each limit (ms) the step at the same place.
// Source: https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/datetime/rangeutil.ts
const limits = [
  10, 15, 35, 75, 150, 350, 750, 1_500, 3_500, 7_500, 12_500, 17_500, 25_000, 45_000, 90_000,
  210_000, 450_000, 750_000, 1_050_000, 1_500_000, 2_700_000, 5_400_000, 9_000_000, 16_200_000,
  32_400_000, 86_400_000,
];
const steps = [
  1, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 20_000, 30_000, 60_000,
  120_000, 300_000, 600_000, 900_000, 1_200_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000,
  21_600_000, 43_200_000,
];
const largestStep = 86_400_000;

// Prometheus' scrape interval for services, the same as in the provisioned data source.
const scrapeMs = 5_000;

/** The step in milliseconds for so many points over a range, as Grafana chooses it. */
export function stepFor({ from, to }: TimeRange, points: number): number {
  const exact = (to - from) / Math.max(points, 1);
  const rounded = steps[limits.findIndex((limit) => exact < limit)] ?? largestStep;
  return Math.max(rounded, scrapeMs);
}

/** The range moved to multiples of the step, so that a refresh queries the same moments. */
export function alignRange({ from, to }: TimeRange, stepMs: number): TimeRange {
  return { from: Math.floor(from / stepMs) * stepMs, to: Math.floor(to / stepMs) * stepMs };
}
