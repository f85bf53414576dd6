import { type StackOptions, startStack } from '../stack.ts';
import type { StackState } from '../state-file.ts';

/** Thrown inside a start that is interrupted. */
const interruption = new Error('interrupted');

export interface RunListener {
  onProgress(message: string): void;
  onReady(state: StackState): void;
}

/**
 * Starts everything, keeps it up, and stops it when the signal aborts. Resolves when all has
 * stopped; throws when the start fails.
 */
export async function runUntilStopped(
  options: StackOptions,
  listener: RunListener,
  stopSignal: AbortSignal,
): Promise<void> {
  const controller = new AbortController();
  stopSignal.addEventListener('abort', () => controller.abort(interruption));
  const stopRequested = new Promise((resolve) => stopSignal.addEventListener('abort', resolve));
  try {
    const { onProgress } = listener;
    const stack = await startStack({ ...options, onProgress, signal: controller.signal });
    listener.onReady(stack.state);
    await stopRequested;
    await stack.stop();
  } catch (error) {
    if (error !== interruption) throw error;
  }
}

/** Aborts at the first Ctrl-C, SIGTERM or hang-up. */
export function signalFromTerminal(): AbortController {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => controller.abort());
  }
  return controller;
}
