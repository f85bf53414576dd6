import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { stopRunning } from './command/stop-running.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';
import { type StackOptions, startStack } from './stack.ts';
import type { Stack } from './start-supervision.ts';
import { isRunning, readState } from './state-file.ts';
import { stateFolderAt } from './state-folder.ts';
import { runProbe } from './supervision/probe.ts';

// A real PostgreSQL is initialised and started again and again.
jest.setTimeout(60_000);

let root: string;
let options: StackOptions;
let stack: Stack | undefined;

beforeEach(() => {
  root = makeTemporaryFolder('stack');
  options = { stateFolder: root, ports: 'free', components: ['postgres'] };
});

afterEach(async () => {
  await stack?.stop();
  stack = undefined;
  removeTemporaryFolders();
});

function database(): ProcessIdentity {
  const process = readState(join(root, 'state.json'))?.components.postgres?.process;
  if (!process) throw new Error('Expected a process, got none.');
  return process;
}

/** A supervisor in a process of its own, up and running. */
async function startElsewhere() {
  const script = `
    const { startStack } = await import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'stack.ts')).href)});
    await startStack(${JSON.stringify(options)});
    process.send('ready');
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  await once(child, 'message');
  return child;
}

describe('startStack', () => {
  test('starts a database, reports its address, and stops it', async () => {
    stack = await startStack(options);
    expect(stack.databaseUrl).toMatch(/^postgresql:\/\/galley:[\w-]{32}@127\.0\.0\.1:\d+\/galley/);
    expect(stack.state.components.postgres).toMatchObject({ phase: 'ready', version: '18.4' });
    expect(statSync(join(root, 'secrets', 'database-password')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(root, 'data', 'postgres', 'data', 'PG_VERSION'))).toBe(true);
    const process = database();
    await stack.stop();
    expect(isAlive(process)).toBe(false);
    expect(isRunning(readState(join(root, 'state.json')))).toBe(false);
  });

  test('finds its data again after a stop', async () => {
    stack = await startStack(options);
    const url = stack.databaseUrl.replace(/:\d+\/.*/, '');
    await stack.stop();
    stack = await startStack(options);
    expect(stack.databaseUrl.replace(/:\d+\/.*/, '')).toBe(url);
  });

  test('restarts a killed component, but not a halted one', async () => {
    stack = await startStack(options);
    const first = database();
    const { postgres } = stack.state.components;
    stack.kill('postgres');
    // A server that still has to let go of its memory may cost one more try.
    await waitUntil(() => (postgres?.restarts ?? 0) >= 1 && postgres?.phase === 'ready');
    expect(isAlive(first)).toBe(false);
    await stack.halt('postgres');
    const port = Number(postgres?.ports.sql);
    expect(await runProbe({ kind: 'tcp', port })).toMatchObject({ isReady: false });
    await stack.resume('postgres');
    expect(await runProbe({ kind: 'tcp', port })).toMatchObject({ isReady: true });
  });

  test('refuses a second start in the same folder', async () => {
    stack = await startStack(options);
    await expect(startStack(options)).rejects.toThrow(
      `Expected nothing to run in \`${root}\`, but process ${process.pid} does.`,
    );
    expect(isAlive(database())).toBe(true);
  });

  test('refuses unknown components', async () => {
    await expect(startStack({ ...options, components: ['postgres', 'mysql'] })).rejects.toThrow(
      /^Expected components, any of postgres, gateway, .*, got `mysql`\.$/,
    );
  });

  test('names a busy port and starts nothing', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    process.env.POSTGRES_PORT = String(port);
    await expect(startStack({ ...options, ports: 'fixed' })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        `^Expected port ${port} to be free for postgres, .*POSTGRES_PORT`,
      ),
    });
    delete process.env.POSTGRES_PORT;
    server.close();
    expect(readState(join(root, 'state.json'))?.phase).toBe('stopped');
  });

  test('stops everything when aborted during the start', async () => {
    const controller = new AbortController();
    const started = startStack({ ...options, signal: controller.signal });
    const refusal = expect(started).rejects.toThrow('aborted');
    await waitUntil(
      () => readState(join(root, 'state.json'))?.components.postgres?.phase === 'starting',
    );
    controller.abort();
    await refusal;
    expect(readState(join(root, 'state.json'))).toMatchObject({
      phase: 'stopped',
      components: { postgres: { phase: 'stopped' } },
    });
  });
});

describe('a supervisor', () => {
  test('that is killed leaves nothing running', async () => {
    const supervisor = await startElsewhere();
    const process = database();
    supervisor.kill('SIGKILL');
    await waitUntil(() => !isAlive(process));
    await waitUntil(() => readState(join(root, 'state.json'))?.phase === 'stopped');
    stack = await startStack(options);
    expect(isAlive(database())).toBe(true);
  });

  test('that dies during the stop leaves no process, and none still writing', async () => {
    await startElsewhere();
    const process = database();
    expect(await stopRunning(stateFolderAt(root))).toBe(true);
    expect(isAlive(process)).toBe(false);
    expect(readState(join(root, 'state.json'))?.phase).toBe('stopped');
    expect(await stopRunning(stateFolderAt(root))).toBe(false);
  });
});
