import { expect, test } from '@jest/globals';
import { usageError } from '@watchkeeper/drills/command/arguments';
import { parseSuiteArguments, stages, usage } from './arguments.ts';

test('runs every stage by default, and chosen ones in their order', () => {
  expect(parseSuiteArguments([])).toEqual({ isQuick: false, stages });
  expect(parseSuiteArguments(['e2e', 'check']).stages).toEqual(['check', 'e2e']);
});

test('runs the light stages with --quick', () => {
  const light = ['check', 'contract', 'rules', 'unit'];
  expect(parseSuiteArguments(['--quick'])).toEqual({ isQuick: true, stages: light });
  expect(parseSuiteArguments(['unit', '--quick']).stages).toEqual(['unit']);
});

test.each([
  [['--fast'], 'Unknown flag `--fast`.'],
  [['--quik'], 'Unknown flag `--quik`. Did you mean `--quick`?'],
  [
    ['units'],
    `Expected stages of ${stages.map((stage) => `\`${stage}\``).join(', ')}, got \`units\`.`,
  ],
  [['--quick', 'e2e'], 'Expected light stages with `--quick`, got `e2e`.'],
])('refuses %j with the usage', (parameters, reason) => {
  expect(() => parseSuiteArguments(parameters)).toThrow(usageError(reason, usage));
});
