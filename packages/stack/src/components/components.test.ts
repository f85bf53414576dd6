import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { appNames, publishedPorts } from '../compose-file.ts';
import { readSettings } from '../settings.ts';
import { repositoryRoot } from '../state-folder.ts';
import { portVariables } from './index.ts';

test('has every port that the compose files publish', () => {
  const published = publishedPorts.map(({ variable }) => variable);
  expect(portVariables).toEqual(expect.arrayContaining(published));
});

test('takes a port of its own for each of them', () => {
  const ports = Object.fromEntries(portVariables.map((name, index) => [name, 40_000 + index]));
  const environment = Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [name, String(port)]),
  );
  expect(readSettings(environment, portVariables).ports).toEqual(ports);
});

test('monitors every app', () => {
  const file = join(repositoryRoot, 'monitoring/prometheus/targets/services.yml');
  const targets = parse(readFileSync(file, 'utf8')) as { labels: { job: string } }[];
  expect(targets.map(({ labels }) => labels.job).sort()).toEqual([...appNames].sort());
});
