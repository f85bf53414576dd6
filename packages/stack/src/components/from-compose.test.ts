import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { composeServices } from '../compose-file.ts';
import { stateFolderAt } from '../state-folder.ts';
import type { ComponentLaunch, RunContext } from './component.ts';
import { goMemory, memoryLimitMib, nodeFlags } from './from-compose.ts';
import { allComponents } from './index.ts';

const root = makeTemporaryFolder('from-compose');
afterAll(removeTemporaryFolders);

function createContext(environment: NodeJS.ProcessEnv): RunContext {
  return {
    settings: { environment, ports: {} },
    folder: stateFolderAt(root),
    timeFactor: 1,
    addresses: {},
    port: () => 1,
    url: () => 'http://127.0.0.1:1',
    has: () => true,
    program: () => ({ path: join(root, 'usr/bin/program'), version: '1' }),
  } as unknown as RunContext;
}

async function argumentsOf(name: string, environment: NodeJS.ProcessEnv = {}) {
  const component = allComponents.find((each) => each.name === name);
  const launch = (await component?.launch(createContext(environment))) as ComponentLaunch;
  return launch.args;
}

const nameOf = (flag: string) => flag.split('=')[0];
const tools = [
  ...['prometheus', 'alertmanager', 'node-exporter', 'postgres-exporter'],
  'blackbox-exporter',
];

test.each(tools)('%s has every flag of the compose files natively', async (name) => {
  const names = (await argumentsOf(name)).map(nameOf);
  const declared = (composeServices[name]?.command ?? []).map(nameOf);
  // The root of a container's mount of the host.
  expect(names).toEqual(
    expect.arrayContaining(declared.filter((flag) => flag !== '--path.rootfs')),
  );
  expect(new Set(names).size).toBe(names.length);
});

test('the exporter looks for long transactions in both modes', async () => {
  expect(await argumentsOf('postgres-exporter')).toContain('--collector.long_running_transactions');
});

test.each([
  [{}, '31d', '5GB'],
  [{ PROMETHEUS_RETENTION_TIME: '40d', PROMETHEUS_RETENTION_SIZE: '9GB' }, '40d', '9GB'],
  [{ PROMETHEUS_RETENTION_TIME: '' }, '31d', '5GB'],
])('metrics are kept as long as in containers, with %j', async (environment, time, size) => {
  const flags = await argumentsOf('prometheus', environment);
  expect(flags).toContain(`--storage.tsdb.retention.time=${time}`);
  expect(flags).toContain(`--storage.tsdb.retention.size=${size}`);
});

test('a flag has a dollar where the compose file escapes one', async () => {
  const flags = (await argumentsOf('node-exporter')).join(' ');
  expect(flags).toContain('($|/)');
});

test('every component has a limit of its memory natively, below that of its container', () => {
  for (const { name, source } of allComponents) {
    const limit = memoryLimitMib(name) ?? 0;
    expect(limit).toBeGreaterThan(0);
    if (source.kind === 'postgres') continue;
    const [bound = ''] =
      source.kind === 'app'
        ? nodeFlags(name).filter((flag) => flag.startsWith('--max-old-space-size='))
        : [goMemory(name).GOMEMLIMIT];
    const mib = Number(/(\d+)(MiB)?$/.exec(bound)?.[1]);
    expect(mib).toBeGreaterThan(limit / 3);
    expect(mib).toBeLessThan(limit);
  }
});

test('the apps have the young generation of the compose files', () => {
  expect(nodeFlags('api')).toEqual(['--max-semi-space-size=4', '--max-old-space-size=192']);
});
