import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { repositoryRoot } from '@watchkeeper/stack';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { configCheck } from './config-check.ts';

const config = 'monitoring/config/http.yml';
const template = 'monitoring/prometheus/templates/http.rules.yml';
let root: string;

beforeEach(() => {
  root = makeTemporaryFolder('config');
  cpSync(join(repositoryRoot, 'monitoring'), join(root, 'monitoring'), {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  });
});

afterEach(removeTemporaryFolders);

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(join(root, file), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(root, file), text.replace(from, to));
}

test('accepts the repository', async () => {
  expect(await configCheck.run(root)).toEqual([]);
});

test('refuses a template without a file of values, and names the file', async () => {
  rmSync(join(root, config));
  await expect(configCheck.run(root)).rejects.toThrow(`${config}: is missing.`);
});

test('refuses a file of values without a template, and its rules', async () => {
  rmSync(join(root, template));
  expect(await configCheck.run(root)).toEqual([
    `${config}: no template of its name reads it. Rename or remove it.`,
    'monitoring/prometheus/rules/http.rules.yml: no template makes it. ' +
      'Move it to monitoring/prometheus/templates, with its values in monitoring/config.',
  ]);
});

test.each([
  'monitoring/prometheus/rules/own.rules.yml',
  'monitoring/loki/rules/fake/own.rules.yml',
])('refuses %s, which no template makes', async (file) => {
  writeFileSync(join(root, file), 'groups: []\n');
  expect(await configCheck.run(root)).toEqual([
    expect.stringMatching(`^${file}: no template makes it. Move it to monitoring/\\w+/templates`),
  ]);
});

test('refuses a limit between two buckets: its alert would never fire', async () => {
  edit(config, 'p95Limit: 1s', 'p95Limit: 1200ms');
  expect(await configCheck.run(root)).toEqual([
    expect.stringMatching(
      /http\.rules\.yml: expected a limit of http_request_duration_seconds to be one of its buckets, [\d., ]+, got `1\.2`\. Choose/,
    ),
  ]);
});

test.each([
  ['limit: 5%', 'limit: 5 %', '`alerts.HighErrorRate.limit`: Expected a number, a share (70%),'],
  ['limit: 5%', 'limitt: 5%', 'expected a value `alerts.HighErrorRate.limit`, which'],
  ['limit: 5%', 'limit: 5%\n    floor: 2', '`alerts.HighErrorRate.floor` is read nowhere in'],
  ['p99Limit: 2s', 'p99limit: 2s', 'expected a value `alerts.HighLatency.p99Limit`, which'],
  ['p99Limit: 2s', 'p99Limit: 2s\n  spare: 1', '`values.spare` is read nowhere in'],
  ['  HighErrorRate:', '  ErrorsHigh:', 'expected a value `alerts.HighErrorRate`, which'],
  ['  HighErrorRate:', '  ErrorsHigh:', '`alerts.ErrorsHigh` is read nowhere in'],
  ['severity: critical', 'severity: high', 'Expected one of critical, warning, '],
  ['for: 1m', 'for: 1 minute', '`alerts.HighErrorRate.for`: Expected a duration such as 90s'],
  ["services: ''", "services: 'tier='", '`selectors.services`: Expected matchers such as'],
  ["services: ''", "service: ''", 'expected a value `values.services`, which'],
  ["services: ''", "services: ''\n  hosts: ''", '`selectors.hosts` is read nowhere in'],
  ['values:', 'value:', 'Unrecognized key: "value"'],
  ['alerts:', 'alerts: [', 'at line'],
])('refuses `%s` changed to `%s`, with the file', async (from, to, message) => {
  edit(config, from, to);
  const problem = await configCheck.run(root).then(String, (error: Error) => error.message);
  expect(problem).toContain(config);
  expect(problem).toContain(message);
});

test('refuses a severity without a line in severities.yml', async () => {
  edit('monitoring/config/severities.yml', 'critical:', 'urgent:');
  await expect(configCheck.run(root)).rejects.toThrow('monitoring/config/severities.yml: ');
});
