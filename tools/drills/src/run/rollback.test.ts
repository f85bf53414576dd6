import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { CleanupStep } from '@watchkeeper/stack/dead-mans-switch/step';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '../observation/wait-until.ts';
import type { InjectedFault } from '../systems/system.ts';
import { createRollback, InterruptedError, withInterruptSignal } from './rollback.ts';

const folder = makeTemporaryFolder('healing');

afterAll(removeTemporaryFolders);

function faultOf(description: string, undone: string[], failure?: string): InjectedFault {
  return {
    description,
    cleanup: [{ kind: 'restore', file: description }],
    async undo() {
      if (failure) throw new Error(failure);
      undone.push(description);
    },
  };
}

function recordingSwitch() {
  const kept: CleanupStep[] = [];
  return {
    kept,
    arm: (steps: readonly CleanupStep[]) => void kept.push(...steps),
    disarm: () => void kept.splice(0),
    dismiss: () => {},
  };
}

test('undoes the last fault first, and once', async () => {
  const undone: string[] = [];
  const rollback = createRollback();
  rollback.add(faultOf('first', undone));
  rollback.add(faultOf('second', undone));
  expect(await Promise.all([rollback.undo(), rollback.undo()])).toEqual([[], []]);
  expect(await rollback.undo()).toEqual([]);
  expect(undone).toEqual(['second', 'first']);
});

test("undoes the rest when one fails, returns which, and leaves that to the dead man's switch", async () => {
  const undone: string[] = [];
  const deadMansSwitch = recordingSwitch();
  const rollback = createRollback(deadMansSwitch);
  rollback.add(faultOf('first', undone));
  rollback.add(faultOf('second', undone, 'nobody answers'));
  rollback.add(faultOf('third', undone));
  expect(await rollback.undo()).toEqual(['second: nobody answers']);
  expect(undone).toEqual(['third', 'first']);
  expect(deadMansSwitch.kept).toHaveLength(3);
});

test("disarms the dead man's switch when all faults are undone", async () => {
  const deadMansSwitch = recordingSwitch();
  const rollback = createRollback(deadMansSwitch);
  rollback.add(faultOf('first', []));
  expect(deadMansSwitch.kept).toHaveLength(1);
  await rollback.undo();
  expect(deadMansSwitch.kept).toEqual([]);
});

test('turns Ctrl-C into an abort, so that a drill can undo its faults', async () => {
  const undone: string[] = [];
  const drill = withInterruptSignal(async (signal) => {
    const rollback = createRollback();
    rollback.add(faultOf('fault', undone));
    try {
      process.emit('SIGINT');
      await waitUntil('something that never comes', () => false, { timeoutMs: 60_000, signal });
    } finally {
      await rollback.undo();
    }
  });
  await expect(drill).rejects.toThrow(InterruptedError);
  expect(undone).toEqual(['fault']);
});

test('undoes a fault although the drill itself was killed', async () => {
  const file = join(folder, 'rendered.yml');
  writeFileSync(file, 'broken');
  const code = `
    import { startDeadMansSwitch } from '@watchkeeper/stack/dead-mans-switch/start';
    const deadMansSwitch = startDeadMansSwitch();
    deadMansSwitch.arm([{ kind: 'restore', file: ${JSON.stringify(file)}, text: 'as shipped' }]);
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 300);`;
  const { NODE_OPTIONS: _, ...env } = process.env;
  const drill = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], { env });
  const signal = await new Promise((resolve) => drill.once('exit', (__, how) => resolve(how)));
  expect(signal).toBe('SIGKILL');
  await waitUntil('the file as it was', () => readFileSync(file, 'utf8') === 'as shipped', {
    timeoutMs: 20_000,
  });
}, 40_000);
