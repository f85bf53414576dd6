import { expect, test } from '@jest/globals';
import { compareVariables } from './environment-check.ts';

test('accepts an example that names every variable, set or commented out', () => {
  expect(
    compareVariables('# The port.\n# GATEWAY_PORT=1\nLOG_LEVEL=info\n', [
      'LOG_LEVEL',
      'GATEWAY_PORT',
    ]),
  ).toEqual([]);
});

test('names missing and unused variables', () => {
  expect(compareVariables('# OLD_PORT=1\n', ['LOG_LEVEL', 'PATH'])).toEqual([
    '.env.example: expected `LOG_LEVEL`, which is read. Add it.',
    '.env.example: nothing reads `OLD_PORT`. Remove it.',
  ]);
});
