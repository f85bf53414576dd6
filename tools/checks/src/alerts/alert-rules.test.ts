import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { repositoryRoot } from '@watchkeeper/stack';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { alertsCheck } from './alert-rules.ts';

const repository = repositoryRoot;
let root: string;

beforeEach(() => {
  root = makeTemporaryFolder('alerts');
  for (const folder of ['monitoring/prometheus/rules', 'monitoring/loki/rules']) {
    cpSync(join(repository, folder), join(root, folder), { recursive: true });
  }
});

afterEach(removeTemporaryFolders);

function edit(file: string, from: string | RegExp, to: string): void {
  const path = join(root, file);
  const text = readFileSync(path, 'utf8');
  const edited = text.replace(from, to);
  expect(edited).not.toBe(text);
  writeFileSync(path, edited);
}

const rules = 'monitoring/prometheus/rules/availability.rules.yml';

test('accepts the repository', async () => {
  expect(await alertsCheck.run(root)).toEqual([]);
});

test('refuses an alert without tests', async () => {
  const tests = rules.replace('.rules.', '.test.');
  edit(tests, /alertname: ServiceDown/g, 'alertname: Other');
  expect(await alertsCheck.run(root)).toEqual([
    `${tests}: tests \`Other\`, an unknown alert. Name it as the rule.`,
    `${tests}: expected a test in which \`ServiceDown\` fires.`,
    `${tests}: expected a test in which \`ServiceDown\` stays quiet.`,
  ]);
});

test.each([
  [
    'severity: critical',
    'severity: high',
    'expected `severity` to be one of critical, warning, info, none.',
  ],
  ['          component: service\n', '', 'expected a `component` label.'],
  [
    'runbooks/ServiceDown',
    'runbooks/Down',
    'expected `runbook_url` to end in `/runbooks/ServiceDown`',
  ],
  ['d/overview', 'd/front', 'expected `dashboard_url` to end in one of overview, http,'],
  ['A service is down.', "'{{ $labels.job }} is down.'", 'expected a static summary'],
  ...['runbook_url', 'dashboard_url', 'description'].map(
    (name) =>
      [
        `          ${name}:`,
        `          other:`,
        `expected a \`${name}\`. Add it to the rule's`,
      ] as const,
  ),
])('refuses a rule in which %j became %j', async (from, to, message) => {
  edit(rules, from, to);
  const problems = await alertsCheck.run(root);
  expect(problems.join('\n')).toContain(`${rules}: \`ServiceDown\`: ${message}`);
});

test('refuses a test of an alert that does not exist', async () => {
  edit(rules.replace('.rules.', '.test.'), /alertname: TargetDown/g, 'alertname: TargetGone');
  expect(await alertsCheck.run(root)).toContain(
    'monitoring/prometheus/rules/availability.test.yml: tests `TargetGone`, an unknown alert. ' +
      'Name it as the rule.',
  );
});

test('refuses rules without a test file', async () => {
  const tests = rules.replace('.rules.', '.test.');
  rmSync(join(root, tests));
  expect(await alertsCheck.run(root)).toContain(
    `${tests}: is missing, so \`ServiceDown\` has no tests. Write it next to its rules.`,
  );
});
