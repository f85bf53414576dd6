import { expect, test } from '@jest/globals';
import { timeFactorFor } from './time-factor.ts';

test.each([
  [0.1, 0.2, 10],
  [0.1, 6, 10],
  [0.6, 0.5, 8],
  [1, 1, 5],
  [1, 3, 3],
  [1, 12, 3],
])(
  'at a busy share of %d and a load of %d per core time runs %d times faster',
  (busy, load, factor) => {
    expect(timeFactorFor(busy, load)).toBe(factor);
  },
);
