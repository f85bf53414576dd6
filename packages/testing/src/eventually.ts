import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until there is an answer; fails with what was asked for when the time is over. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  while (performance.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      lastError = error;
    }
    await sleep(100);
  }
  throw new Error(`Expected ${what} within ${timeoutMs} ms.`, { cause: lastError });
}
