import type { DeadMansSwitch } from '@watchkeeper/stack/dead-mans-switch/start';
import { messageOf } from '../observation/wait-until.ts';
import type { InjectedFault } from '../systems/system.ts';

/** Keeps what has been broken, until it is healed. */
export interface Rollback {
  add(undo: InjectedFault): void;
  /** Heals all of it, last broken first; a second call waits for the first. Returns the failures. */
  undo(): Promise<readonly string[]>;
}

/** The dead man's switch is armed with each fault at once, and disarmed when all is healed. */
export function createRollback(deadMansSwitch?: DeadMansSwitch): Rollback {
  const broken: InjectedFault[] = [];
  let rollback: Promise<readonly string[]> | undefined;

  async function undoAll(): Promise<readonly string[]> {
    const failures: string[] = [];
    for (let undo = broken.pop(); undo !== undefined; undo = broken.pop()) {
      try {
        await undo.undo();
      } catch (error) {
        failures.push(`${undo.what}: ${messageOf(error)}`);
      }
    }
    // What could not be healed stays with the dead man's switch: it tries when we are gone.
    if (failures.length === 0) deadMansSwitch?.disarm();
    rollback = undefined;
    return failures;
  }

  return {
    add(undo) {
      broken.push(undo);
      deadMansSwitch?.arm(undo.rescue);
    },
    undo() {
      rollback ??= undoAll();
      return rollback;
    },
  };
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs something with a signal that Ctrl-C aborts; a second Ctrl-C changes nothing, for healing has
 * begun. Afterwards signals mean again what they meant before.
 */
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

/** Somebody pressed Ctrl-C. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  override readonly message = 'Interrupted.';
}
