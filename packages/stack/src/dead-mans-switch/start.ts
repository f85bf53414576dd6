import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { CleanupStep } from './step.ts';

/** Performs cleanup steps in our place if this process dies, even by SIGKILL. */
export type DeadMansSwitch = ReturnType<typeof startDeadMansSwitch>;

/** Starts a process that outlives this one; neither keeps the other from ending. */
export function startDeadMansSwitch() {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'watcher.ts')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A session of its own: a signal that ends our terminal or our group does not end it.
    detached: true,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  (child.stdin as Socket).unref();
  const send = (message: unknown) => child.stdin.write(`${JSON.stringify(message)}\n`);
  return {
    arm: (steps: readonly CleanupStep[]): void => steps.forEach(send),
    /** Forgets all steps: they have been performed. */
    disarm: (): void => void send({ kind: 'disarm' }),
    /** Disarms it and ends its process. */
    dismiss(): void {
      send({ kind: 'disarm' });
      child.stdin.end();
    },
  };
}
