import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { RescueStep } from './step.ts';

/** Heals in our place if this process dies, even by SIGKILL. */
export interface Rescuer {
  keep(steps: readonly RescueStep[]): void;
  /** All is healed: nothing of what was kept is to be done. */
  forget(): void;
  /** Ends it. */
  dismiss(): void;
}

/** Starts the rescuer; it ends with this process, whichever way that ends. */
export function startRescuer(): Rescuer {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A session of its own: what ends our terminal or our group does not end it.
    detached: true,
  });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  const tell = (word: unknown) => child.stdin.write(`${JSON.stringify(word)}\n`);
  return {
    keep(steps) {
      for (const step of steps) tell(step);
    },
    forget: () => tell({ kind: 'done' }),
    dismiss() {
      tell({ kind: 'done' });
      child.stdin.end();
    },
  };
}
