import { expect, test } from '@jest/globals';
import { retryDelayMs } from './schedule.ts';

const schedule = { baseMs: 1_000, capMs: 8_000, maxAttempts: 6 };

test.each([
  [1, 500, 1_000],
  [2, 1_000, 2_000],
  [4, 4_000, 8_000],
  [5, 4_000, 8_000],
])('waits after %i failures from %i to %i ms', (failures, least, most) => {
  expect(retryDelayMs(schedule, failures, () => 0)).toBe(least);
  expect(retryDelayMs(schedule, failures, () => 1)).toBe(most);
});

test('schedules nothing after the last attempt', () => {
  expect(retryDelayMs(schedule, 6)).toBeUndefined();
});
