import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { useStartedProcesses } from '@watchkeeper/testing/process-tests';
import { freePort, startProcess } from '@watchkeeper/testing/started-process';
import { makeTemporaryFolder } from '@watchkeeper/testing/temporary-folder';
import { eventually } from '@watchkeeper/testing/waiting';
import { readTelemetryConfiguration } from './configuration.ts';
import { createEnvironmentReader } from './environment-reader.ts';
import * as library from './index.ts';
import { readTracingConfiguration } from './tracing/configuration.ts';

useStartedProcesses();

const packageFolder = join(import.meta.dirname, '..');
const readme = readFileSync(join(packageFolder, 'README.md'), 'utf8');

/** The rows of the table under a heading, each as its cells. */
function tableUnder(heading: string): string[][] {
  const section = readme.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const codeIn = (cell = ''): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

/** A folder in which the library and Express are installed, as links. */
function userFolder(): string {
  const folder = makeTemporaryFolder('user');
  mkdirSync(join(folder, 'node_modules/@watchkeeper'), { recursive: true });
  symlinkSync(packageFolder, join(folder, 'node_modules/@watchkeeper/telemetry'));
  const express = join(packageFolder, 'node_modules/express');
  symlinkSync(express, join(folder, 'node_modules/express'));
  return folder;
}

test('holds an example that runs as it is written', async () => {
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
  const folder = userFolder();
  writeFileSync(join(folder, 'main.mjs'), code);
  const metricsPort = await freePort();
  const service = startProcess(['--import', '@watchkeeper/telemetry/instrumentation', 'main.mjs'], {
    folder,
    environment: {
      OTEL_SERVICE_NAME: 'hello',
      OTEL_TRACES_SAMPLER: 'always_off',
      METRICS_PORT: String(metricsPort),
      PORT: '0',
    },
  });
  const { address } = await service.lineOf('server_started');
  expect(await (await fetch(`http://${address}/hello/you`)).text()).toBe('hello you');
  await eventually(async () =>
    expect(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()).toContain(
      'http_requests_total{method="GET",route="/hello/:name",status_code="200"} 1',
    ),
  );
  expect(await service.lineOf('http_request_completed')).toMatchObject({ service: 'hello' });
  expect(await service.stop()).toBe(0);
});

/** The variables that the library reads, with `environment` set. */
function readAll(environment: Readonly<Record<string, string>>) {
  const names = new Set<string>();
  const recording = new Proxy<Record<string, string>>(
    { OTEL_SERVICE_NAME: 'test', ...environment },
    {
      get(target, name) {
        names.add(String(name));
        return target[String(name)];
      },
    },
  );
  const reader = createEnvironmentReader(recording);
  const shared = readTelemetryConfiguration(reader);
  const tracing = readTracingConfiguration(recording);
  reader.finish();
  return { names, configuration: { shared, tracing } };
}

const variables = tableUnder('Environment').map(([name, fallback]) => ({
  name: codeIn(name)[0] ?? '',
  fallback: codeIn(fallback)[0],
}));

test('lists exactly the environment variables that the code reads', () => {
  expect(variables.map(({ name }) => name).sort()).toEqual([...readAll({}).names].sort());
});

test.each(variables.flatMap(({ name, fallback }) => (fallback ? [[name, fallback]] : [])))(
  'gives the default of %s as the code has it: %s',
  (name = '', fallback = '') => {
    expect(readAll({ [name]: fallback }).configuration).toEqual(readAll({}).configuration);
    expect(readAll({}).names).toContain(name);
  },
);

const wrappers = tableUnder('Wrappers');

test('names only wrappers that are exported, and every one of them', () => {
  const named = wrappers.flatMap(([name]) => codeIn(name)).sort();
  const exported = Object.keys(library).filter((name) => /^(instrument|watch)[A-Z]/.test(name));
  expect(named).toEqual([...exported, 'createMessageChannel'].sort());
});

test('names every metric and line of a wrapper as the catalogue has it', () => {
  const metrics = wrappers.flatMap(([, , cell]) => codeIn(cell));
  const events = wrappers.flatMap(([, , , , cell]) => codeIn(cell));
  expect(metrics.filter((name) => !(name in library.libraryMetrics))).toEqual([]);
  expect(events.filter((name) => !(name in library.libraryLogEvents))).toEqual([]);
  // What comes without a wrapper: requests, the library itself, the process.
  const others = /^(http|log|telemetry|nodejs)_|^build_info$|^rate_limit_/;
  const wrapped = Object.keys(library.libraryMetrics).filter((name) => !others.test(name));
  expect(wrapped.filter((name) => !metrics.includes(name))).toEqual([]);
});
