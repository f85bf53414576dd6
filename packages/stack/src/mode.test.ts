import { expect, test } from '@jest/globals';
import { chooseMode } from './mode.ts';

test.each([{}, { native: true }])('%j means native', (flags) => {
  expect(chooseMode(flags)).toBe('native');
});

test.each([
  [
    { compose: true },
    'Compose mode comes with docker-compose.yml, which is not here yet; leave `--compose` out.',
  ],
  [{ compose: true, native: true }, 'Expected `--native` or `--compose`, got both.'],
])('%j is refused with the exit code 2', (flags, message) => {
  expect(() => chooseMode(flags)).toThrow(expect.objectContaining({ message, exitCode: 2 }));
});
