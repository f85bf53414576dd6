import { setTimeout as sleep } from 'node:timers/promises';

// Below the time of a test, so that what did not come true is told of, and not only that time is up.
const timeoutMs = 20_000;

/** Repeats an assertion until it holds; one that never does fails with its own words. */
export async function eventually(assert: () => void | Promise<void>): Promise<void> {
  for (const startedAt = performance.now(); ; await sleep(5)) {
    try {
      return await assert();
    } catch (error) {
      if (performance.now() - startedAt > timeoutMs) throw error;
    }
  }
}
