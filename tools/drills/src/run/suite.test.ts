import { expect, test } from '@jest/globals';
import type { DrillRun } from './drill-run.ts';
import { replaceFailed, type SuiteResult } from './suite.ts';

const run = (name: string, problems: string[]) =>
  ({ page: { name }, problems, blocks: [] }) as unknown as DrillRun;

function suite(
  runs: DrillRun[],
  unexpectedPages: string[] = [],
  failed: SuiteResult['failed'] = [],
): SuiteResult {
  return { runs, unexpectedPages, failed, skipped: [], seconds: 60 };
}

test('a repeated batch counts as its repetition went, and the others as they were', () => {
  const good = run('HighLatency', []);
  const bad = run('ServiceDown', ['not notified']);
  const first = suite(
    [good, bad],
    ['PostgresDown of api', 'HighErrorRate of gateway'],
    [{ runs: [bad], unexpectedPages: ['PostgresDown of api'], settled: Promise.resolve() }],
  );
  const passed = run('ServiceDown', []);
  expect(replaceFailed(first, suite([passed]))).toMatchObject({
    runs: [good, passed],
    unexpectedPages: ['HighErrorRate of gateway'],
    failed: [],
    seconds: 120,
  });
});

test('a batch that fails again has failed', () => {
  const bad = run('ServiceDown', ['not notified']);
  const batch = { runs: [bad], unexpectedPages: [], settled: Promise.resolve() };
  const again = run('ServiceDown', ['not resolved']);
  const repeated = suite([again], ['TargetDown of api'], [{ ...batch, runs: [again] }]);
  expect(replaceFailed(suite([bad], [], [batch]), repeated)).toMatchObject({
    runs: [again],
    unexpectedPages: ['TargetDown of api'],
    failed: [{ runs: [again] }],
  });
});
