import { expect, test } from '@jest/globals';
import { parseSuiteArguments, stages, UsageError, usage } from './arguments.ts';

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
  [['--fast'], 'Expected no flag but `--quick`, got `--fast`.'],
  [
    ['units'],
    `Expected stages of ${stages.map((stage) => `\`${stage}\``).join(', ')}, got \`units\`.`,
  ],
  [['--quick', 'e2e'], 'Expected light stages with `--quick`, got `e2e`.'],
])('refuses %j with the usage', (parameters, reason) => {
  expect(() => parseSuiteArguments(parameters)).toThrow(new UsageError(`${reason}\n${usage}`));
});
