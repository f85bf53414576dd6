import { expect, test } from '@jest/globals';
import { chooseMode } from './mode.ts';

test.each([{}, { native: true }])('%j means native', (flags) => {
  expect(chooseMode(flags)).toBe('native');
});

test.each([
  [
    { compose: true },
    '`--compose` comes with docker-compose.yml, in a later change; leave it out to run natively.',
  ],
  [{ compose: true, native: true }, 'Expected `--native` or `--compose`, got both.'],
])('%j is refused with the exit code 2', (flags, message) => {
  expect(() => chooseMode(flags)).toThrow(expect.objectContaining({ message, exitCode: 2 }));
});
