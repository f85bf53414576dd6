import type { DeadMansSwitch } from '@watchkeeper/stack/dead-mans-switch/start';
import { messageOf } from '../observation/wait-until.ts';
import type { InjectedFault } from '../systems/system.ts';

export type Rollback = ReturnType<typeof createRollback>;

/**
 * Keeps the injected faults that are to be undone. The dead man's switch is armed with each fault at
 * once, and disarmed when all are undone.
 */
export function createRollback(deadMansSwitch?: DeadMansSwitch) {
  const faults: InjectedFault[] = [];
  let running: Promise<readonly string[]> | undefined;

  async function undoAll(): Promise<readonly string[]> {
    const failures: string[] = [];
    for (let fault = faults.pop(); fault !== undefined; fault = faults.pop()) {
      try {
        await fault.undo();
      } catch (error) {
        failures.push(`${fault.description}: ${messageOf(error)}`);
      }
    }
    // What could not be undone stays with the dead man's switch, which tries after this process has ended.
    if (failures.length === 0) deadMansSwitch?.disarm();
    running = undefined;
    return failures;
  }

  return {
    add(fault: InjectedFault): void {
      faults.push(fault);
      deadMansSwitch?.arm(fault.cleanup);
    },
    /** Undoes all, the last one first; a second call waits for the first. Returns the failures. */
    undo(): Promise<readonly string[]> {
      running ??= undoAll();
      return running;
    },
  };
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ctrl-C aborts the signal; a second one changes nothing, since faults are being undone already. */
export async function withInterruptSignal<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort(new InterruptedError());
  for (const signal of signals) process.on(signal, abort);
  try {
    return await run(controller.signal);
  } finally {
    for (const signal of signals) process.off(signal, abort);
  }
}

export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  override readonly message = 'Interrupted.';
}
