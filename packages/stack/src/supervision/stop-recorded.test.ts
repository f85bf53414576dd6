import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { identify, isAlive, type ProcessIdentity } from '../process-identity.ts';
import { readState, type StackState, writeState } from '../state-file.ts';
import { stopRecorded } from './stop-recorded.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = makeTemporaryFolder('recorded');
  file = join(folder, 'state.json');
});

afterEach(removeTemporaryFolders);

async function startSleeper(): Promise<ProcessIdentity> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true });
  await once(child, 'spawn');
  return identify(child.pid ?? 0) ?? { pid: 0, startTime: '' };
}

function record(recorded: ProcessIdentity): void {
  const state: StackState = {
    phase: 'ready',
    supervisor: { pid: 1, startTime: 'long ago' },
    timeFactor: 1,
    absent: [],
    timeline: { startedAtMs: 0 },
    components: {
      api: {
        phase: 'ready',
        process: recorded,
        address: '',
        ports: {},
        version: '1',
        restarts: 0,
        logFile: '',
        stopSignal: 'SIGTERM',
        stopTimeoutMs: 5_000,
      },
    },
  };
  writeState(file, state);
}

/** Runs the process of a dead man's switch with these messages until its input has ended. */
async function runWatcher(...messages: unknown[]): Promise<void> {
  const script = join(import.meta.dirname, '../dead-mans-switch/watcher.ts');
  const { NODE_OPTIONS: _, ...env } = process.env;
  const watcher = spawn(process.execPath, [script], { env });
  watcher.stdin.end(messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
  await once(watcher, 'exit');
}

describe("a dead man's switch", () => {
  test('stops the processes that a dead supervisor has left behind', async () => {
    const sleeper = await startSleeper();
    record(sleeper);
    await runWatcher({ kind: 'stop-recorded', stateFile: file });
    expect(isAlive(sleeper)).toBe(false);
    expect(readState(file)).toMatchObject({ phase: 'stopped' });
  });

  test('that was disarmed leaves the next run in the folder alone', async () => {
    const sleeper = await startSleeper();
    record(sleeper);
    await runWatcher({ kind: 'stop-recorded', stateFile: file }, { kind: 'disarm' });
    expect(isAlive(sleeper)).toBe(true);
    expect(readState(file)).toMatchObject({ phase: 'ready' });
    process.kill(sleeper.pid, 'SIGKILL');
  });
});

describe('stopRecorded', () => {
  test('stops the listed processes', async () => {
    const sleeper = await startSleeper();
    record(sleeper);
    await stopRecorded(file);
    expect(isAlive(sleeper)).toBe(false);
    expect(readState(file)).toMatchObject({
      phase: 'stopped',
      components: { api: { phase: 'stopped' } },
    });
  });

  test('spares another process under a number that was ours', async () => {
    const sleeper = await startSleeper();
    record({ ...sleeper, startTime: '1' });
    await stopRecorded(file);
    expect(isAlive(sleeper)).toBe(true);
    process.kill(sleeper.pid, 'SIGKILL');
  });

  test('does nothing where nothing has ever run', async () => {
    await stopRecorded(file);
    expect(readState(file)).toBeUndefined();
  });
});
