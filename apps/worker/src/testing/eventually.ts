import { setTimeout as sleep } from 'node:timers/promises';

// A cold start on a busy machine; what is waited for usually takes milliseconds.
const timeoutMs = 20_000;

/** Tries `expectation` until it holds; rejects with its last complaint when it never does. */
export async function eventually<T>(expectation: () => Promise<T>): Promise<T> {
  for (const startedAt = performance.now(); ; await sleep(20)) {
    try {
      return await expectation();
    } catch (error) {
      if (performance.now() - startedAt > timeoutMs) throw error;
    }
  }
}
