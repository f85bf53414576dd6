import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { recordedEverySeconds } from './recorded.ts';
import { limitOf } from './rules.ts';
import { steps } from './thresholds.ts';

const folder = makeTemporaryFolder('limits');
const expressions = {
  TooMany: 'a / (b > 0) > 0.05 and on (job) a > 3',
  TooFew: 'a < 0.5',
  Halved: 'a < 0.5 * avg_over_time(a[10m])',
  Open: 'max by (job) (a) == 2',
  Any: 'rate(a[2m]) > 0',
  Either: '(a > 1 and a < 9) or (b < 0.2)',
  Always: 'vector(1)',
};
writeFileSync(
  join(folder, 'kitchen.rules.yml'),
  JSON.stringify({
    groups: [
      {
        rules: Object.entries(expressions).map(([alert, expr]) => ({
          alert,
          expr,
          labels: { severity: alert === 'TooMany' ? 'critical' : 'warning' },
        })),
      },
    ],
  }),
);
afterAll(removeTemporaryFolders);

test.each([
  ['TooMany', 0, { value: 0.05, side: 'above' }],
  ['TooMany', 1, { value: 3, side: 'above' }],
  ['Either', 2, { value: 0.2, side: 'below' }],
  ['TooFew', 0, { value: 0.5, side: 'below' }],
  ['Halved', 0, { value: 0.5, side: 'below' }],
  ['Open', 0, { value: 2, side: 'at' }],
])('reads the limit of %s, comparison %i, from its rule', (name, comparison, limit) => {
  expect(limitOf(name, comparison, folder)).toMatchObject({ alert: name, ...limit });
});

test('refuses an alert that is not there, and a comparison that it does not have', () => {
  expect(() => limitOf('TooLate', 0, folder)).toThrow('Expected an alert `TooLate`');
  expect(() => limitOf('Always', 0, folder)).toThrow('Expected `Always` to have a comparison');
});

test('colours from the limit on, in the colour of the severity', () => {
  expect(steps([limitOf('TooMany', 0, folder)])).toEqual([
    { value: null, color: 'green' },
    { value: 0.05, color: 'red' },
  ]);
  expect(steps([limitOf('TooFew', 0, folder)])).toEqual([
    { value: null, color: 'orange' },
    { value: 0.5, color: 'green' },
  ]);
});

test('keeps nothing at all green where anything is too much', () => {
  expect(steps([limitOf('Any', 0, folder)])).toEqual([
    { value: null, color: 'green' },
    { value: 1e-9, color: 'orange' },
  ]);
});

test('refuses limits on both sides, for which Grafana has no colours', () => {
  expect(() => steps([limitOf('TooMany', 0, folder), limitOf('TooFew', 0, folder)])).toThrow(
    'Expected the alerts of a panel on one side of their limits, got TooMany, TooFew.',
  );
});

test('takes the time between two recorded values from their group', () => {
  expect(recordedEverySeconds('job_event:log_problem_events:rate2m')).toBe(60);
  expect(() => recordedEverySeconds('job:nothing')).toThrow('Expected the rule of `job:nothing`');
});
