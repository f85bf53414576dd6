import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { readRuleGroups, selectRelevantRules } from './relevant-rules.ts';

afterAll(removeTemporaryFolders);

const rules = `
groups:
  - name: recordings
    rules:
      - { record: 'job:errors:ratio', expr: 'sum(rate(errors_total[5m])) / sum(rate(group_total[5m]))' }
      - { record: objective, expr: vector(0.99) }
      - { record: 'job:up:sum', expr: sum(up) }
      - { record: 'of:a:dashboard', expr: 'sum(errors_total)' }
  - name: alerts
    interval: 5s
    rules:
      - { alert: Errors, expr: 'job:errors:ratio > on () objective', for: 1m }
      - { alert: Watchdog, expr: vector(1) }
  - name: others
    rules:
      - { alert: Down, expr: 'job:up:sum == 0' }
`;

function relevant(...series: string[]) {
  const file = join(makeTemporaryFolder('rules'), 'a.rules.yml');
  writeFileSync(file, rules);
  const groups = selectRelevantRules(readRuleGroups([file]), series);
  return groups.map(({ name, rules }) => [name, ...rules.map((rule) => rule.alert ?? rule.record)]);
}

test('keeps alerts that read a series or a recording of it, and what they read', () => {
  expect(relevant('errors_total')).toEqual([
    ['recordings', 'job:errors:ratio', 'objective'],
    ['alerts', 'Errors', 'Watchdog'],
  ]);
});

test('does not take a name for a part of another', () => {
  expect(relevant('up')).toEqual([
    ['recordings', 'objective', 'job:up:sum'],
    ['alerts', 'Watchdog'],
    ['others', 'Down'],
  ]);
});

test('keeps the rest of each group', () => {
  const file = join(makeTemporaryFolder('rules'), 'a.rules.yml');
  writeFileSync(file, rules);
  const [, alerts] = selectRelevantRules(readRuleGroups([file]), ['errors_total']);
  expect(alerts).toMatchObject({ interval: '5s', rules: [{ for: '1m' }, {}] });
});
