import { messageOf } from '../observation/wait-until.ts';
import type { Rescuer } from '../rescue/rescuer.ts';
import type { Undo } from '../systems/system.ts';

/** Keeps what has been broken, until it is healed. */
export interface Healing {
  add(undo: Undo): void;
  /** Heals all of it, last broken first; a second call waits for the first. Returns the failures. */
  heal(): Promise<readonly string[]>;
}

/** Makes a keeper; the rescuer is told of each thing at once, and released when all is healed. */
export function createHealing(rescuer?: Rescuer): Healing {
  const broken: Undo[] = [];
  let healing: Promise<readonly string[]> | undefined;

  async function healAll(): Promise<readonly string[]> {
    const failures: string[] = [];
    for (let undo = broken.pop(); undo !== undefined; undo = broken.pop()) {
      try {
        await undo.heal();
      } catch (error) {
        failures.push(`${undo.what}: ${messageOf(error)}`);
      }
    }
    // What could not be healed stays with the rescuer: it tries when we are gone.
    if (failures.length === 0) rescuer?.forget();
    healing = undefined;
    return failures;
  }

  return {
    add(undo) {
      broken.push(undo);
      rescuer?.keep(undo.rescue);
    },
    heal() {
      healing ??= healAll();
      return healing;
    },
  };
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs something with a signal that Ctrl-C aborts; a second Ctrl-C changes nothing, for healing has
 * begun. Afterwards signals mean again what they meant before.
 */
export async function untilInterrupted<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
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
