import { startStack } from '../stack.ts';
import type { StackState } from '../state-file.ts';

/** Thrown inside a start that is interrupted. */
const interruption = new Error('interrupted');

/**
 * Starts everything, keeps it up, and stops it when the signal aborts. Resolves when all has
 * stopped; throws when the start fails.
 */
export async function runUntilStopped(
  onProgress: (message: string) => void,
  onReady: (state: StackState) => void,
  stopSignal: AbortSignal,
): Promise<void> {
  const controller = new AbortController();
  stopSignal.addEventListener('abort', () => controller.abort(interruption));
  const stopRequested = new Promise((resolve) => stopSignal.addEventListener('abort', resolve));
  try {
    const stack = await startStack({ onProgress, signal: controller.signal });
    onReady(stack.state);
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
