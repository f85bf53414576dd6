import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '../observation/wait-until.ts';
import type { RescueStep } from '../rescue/step.ts';
import type { InjectedFault } from '../systems/system.ts';
import { createRollback, InterruptedError, withInterruptSignal } from './rollback.ts';

const folder = makeTemporaryFolder('healing');

afterAll(removeTemporaryFolders);

function undo(what: string, healed: string[], failure?: string): InjectedFault {
  return {
    what,
    rescue: [{ kind: 'restore', file: what }],
    async undo() {
      if (failure) throw new Error(failure);
      healed.push(what);
    },
  };
}

function listeningRescuer() {
  const kept: RescueStep[] = [];
  return {
    kept,
    keep: (steps: readonly RescueStep[]) => void kept.push(...steps),
    forget: () => void kept.splice(0),
    dismiss: () => {},
  };
}

test('heals the last broken first, and once', async () => {
  const healed: string[] = [];
  const rollback = createRollback();
  rollback.add(undo('first', healed));
  rollback.add(undo('second', healed));
  expect(await Promise.all([rollback.undo(), rollback.undo()])).toEqual([[], []]);
  expect(await rollback.undo()).toEqual([]);
  expect(healed).toEqual(['second', 'first']);
});

test('heals the rest when one fails, says which, and leaves that to the rescuer', async () => {
  const healed: string[] = [];
  const rescuer = listeningRescuer();
  const rollback = createRollback(rescuer);
  rollback.add(undo('first', healed));
  rollback.add(undo('second', healed, 'nobody answers'));
  rollback.add(undo('third', healed));
  expect(await rollback.undo()).toEqual(['second: nobody answers']);
  expect(healed).toEqual(['third', 'first']);
  expect(rescuer.kept).toHaveLength(3);
});

test('releases the rescuer when all is healed', async () => {
  const rescuer = listeningRescuer();
  const rollback = createRollback(rescuer);
  rollback.add(undo('first', []));
  expect(rescuer.kept).toHaveLength(1);
  await rollback.undo();
  expect(rescuer.kept).toEqual([]);
});

test('turns Ctrl-C into an abort, so that a drill can heal', async () => {
  const healed: string[] = [];
  const drill = withInterruptSignal(async (signal) => {
    const rollback = createRollback();
    rollback.add(undo('fault', healed));
    try {
      process.emit('SIGINT');
      await waitUntil('something that never comes', () => false, { timeoutMs: 60_000, signal });
    } finally {
      await rollback.undo();
    }
  });
  await expect(drill).rejects.toThrow(InterruptedError);
  expect(healed).toEqual(['fault']);
});

test('heals although the drill itself was killed', async () => {
  const file = join(folder, 'rendered.yml');
  writeFileSync(file, 'broken');
  const code = `
    import { startRescuer } from '${join(import.meta.dirname, '../rescue/rescuer.ts')}';
    const rescuer = startRescuer();
    rescuer.keep([{ kind: 'restore', file: ${JSON.stringify(file)}, text: 'as shipped' }]);
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 300);`;
  const { NODE_OPTIONS: _, ...env } = process.env;
  const drill = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], { env });
  const signal = await new Promise((resolve) => drill.once('exit', (__, how) => resolve(how)));
  expect(signal).toBe('SIGKILL');
  await waitUntil('the file as it was', () => readFileSync(file, 'utf8') === 'as shipped', {
    timeoutMs: 20_000,
  });
}, 40_000);
