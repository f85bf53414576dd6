import { expect, test } from '@jest/globals';
import { chooseMode } from './mode.ts';

test.each([
  [{}, 'auto'],
  [{ native: true }, 'native'],
  [{ compose: true }, 'compose'],
])('%j means %s', (flags, mode) => {
  expect(chooseMode(flags)).toBe(mode);
});

test('both flags together are refused with the exit code 2', () => {
  expect(() => chooseMode({ compose: true, native: true })).toThrow(
    expect.objectContaining({
      message: 'Expected `--native` or `--compose`, got both.',
      exitCode: 2,
    }),
  );
});
