import { expect, test } from '@jest/globals';
import { type DayShape, factorAt } from './shape.ts';

const shape: DayShape = { name: 'steady', dayMinutes: 24, burstFactor: 10 };
const minuteMs = 60_000;
const everySecond = (minutes: number) =>
  Array.from({ length: minutes * 60 }, (_, second) => second * 1_000);

test('steady changes nothing', () => {
  expect(new Set(everySecond(30).map((ms) => factorAt(shape, ms)))).toEqual(new Set([1]));
});

test('a day has a mean of 1, peaks at lunch and dinner, and few visits at night', () => {
  const day = { ...shape, name: 'day' } as const;
  const factors = everySecond(24).map((ms) => factorAt(day, ms));
  const mean = factors.reduce((sum, factor) => sum + factor, 0) / factors.length;
  expect(mean).toBeCloseTo(1, 1);
  // It begins at ten in the morning, and an hour takes a minute.
  const at = (hour: number) => factorAt(day, ((hour - 10 + 24) % 24) * minuteMs);
  expect(at(12)).toBeGreaterThan(2);
  expect(at(19)).toBeGreaterThan(2);
  expect(at(15)).toBeLessThan(1.2);
  expect(at(3)).toBeLessThan(0.1);
  expect(factorAt(day, 0)).toBe(factorAt(day, 24 * minuteMs));
});

test('the factor changes smoothly over a day', () => {
  const day = { ...shape, name: 'day' } as const;
  const factors = everySecond(24).map((ms) => factorAt(day, ms));
  const steps = factors.slice(1).map((factor, index) => Math.abs(factor - (factors[index] ?? 0)));
  expect(Math.max(...steps)).toBeLessThan(0.03);
});

test('a burst takes thirty seconds of every five minutes', () => {
  const burst = { ...shape, name: 'burst' } as const;
  const factors = everySecond(10).map((ms) => factorAt(burst, ms));
  expect(factors.filter((factor) => factor === 10)).toHaveLength(60);
  expect(factors.filter((factor) => factor === 1)).toHaveLength(540);
  expect([factorAt(burst, 269_999), factorAt(burst, 270_000)]).toEqual([1, 10]);
});
