import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { makeTemporaryFolder } from '@watchkeeper/testing/temporary-folder';
import { readRules } from './rules.ts';

function fileWith(text: string, name = 'a.yml'): string {
  const file = join(makeTemporaryFolder('rules'), name);
  writeFileSync(file, text);
  return file;
}

const group = `
groups:
  - name: a
    interval: 30s
    rules:
      - { record: 'job:x:sum', expr: sum by (job) (x) }
      - { alert: High, expr: 'job:x:sum > 5', for: 1h30m, keep_firing_for: 5m, labels: { severity: warning } }
  - name: b
    rules:
      - { alert: Down, expr: up == 0 }
`;

describe('readRules', () => {
  test('reads alerts with their durations in seconds, and recordings by name', () => {
    const { alerts, recordings } = readRules([fileWith(group)], 15);
    expect(alerts).toEqual([
      {
        ...{ name: 'High', expr: 'job:x:sum > 5', forSeconds: 5_400, keepFiringForSeconds: 300 },
        ...{ interval: 30, labels: { severity: 'warning' } },
      },
      {
        name: 'Down',
        expr: 'up == 0',
        forSeconds: 0,
        keepFiringForSeconds: 0,
        interval: 15,
        labels: {},
      },
    ]);
    expect([...recordings]).toEqual([
      ['job:x:sum', [{ expr: 'sum by (job) (x)', interval: 30, labels: {} }]],
    ]);
  });

  test('reads a PrometheusRule of Kubernetes', () => {
    const nested = group.replaceAll('\n', '\n  ').replace('groups', 'groups');
    const file = fileWith(
      `apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n${nested}`,
    );
    expect(readRules([file], 15).alerts.map(({ name }) => name)).toEqual(['High', 'Down']);
  });

  test('reads a folder, but for tests of rules', () => {
    const folder = makeTemporaryFolder('rules');
    writeFileSync(join(folder, 'a.rules.yml'), group);
    writeFileSync(join(folder, 'a.test.yml'), 'rule_files: [a.rules.yml]');
    mkdirSync(join(folder, 'more'));
    expect(readRules([folder], 15).alerts).toHaveLength(2);
  });

  test.each([
    ['groups: [', /a\.yml: expected YAML/],
    ['tests: []', /a\.yml: groups: /],
    [group.replace('up == 0', 'up =='), /a\.yml: groups\.1\.rules\.0\.expr: expected PromQL/],
    [
      group.replace('up == 0', '\'sum(rate({a="b"} |= "c" [5m]))\''),
      /LogQL, for Loki, is not read/,
    ],
    [group.replace('1h30m', 'soon'), /rules\.1\.for: expected a duration such as `90s`/],
    ['groups: [{ name: a, rules: [] }]', /Expected rules with alerts, got none in `.*a\.yml`/],
  ])('refuses %j', (text, message) => {
    expect(() => readRules([fileWith(text)], 15)).toThrow(message);
  });

  test('names a file that is not there', () => {
    expect(() => readRules(['/nowhere.yml'], 15)).toThrow(/got `\/nowhere\.yml`: there is none/);
  });
});
