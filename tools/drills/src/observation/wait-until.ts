import { setTimeout as sleep } from 'node:timers/promises';

/** How long to wait for a condition, and how often to look. */
export interface WaitOptions {
  readonly timeoutMs: number;
  readonly everyMs?: number;
  /** Ends the wait at once, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The condition did not come true in time. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * Asks until there is an answer. An ask that throws is asked again: what is drilled is broken.
 * @throws TimeoutError with the last error as its cause
 */
export async function waitUntil<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs, everyMs = 200, signal }: WaitOptions,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  do {
    signal?.throwIfAborted();
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(everyMs, undefined, signal ? { signal } : {});
  } while (performance.now() < deadline);
  const reason = cause === undefined ? '' : ` Last: ${messageOf(cause)}`;
  throw new TimeoutError(
    `Expected ${what} within ${Math.round(timeoutMs / 1_000)} s, but it did not come.${reason}`,
    { cause },
  );
}

/** What an error says; a fetch that failed hides the reason in its cause. */
export function messageOf(error: unknown): string {
  const { message = String(error), cause } = (error ?? {}) as { message?: string; cause?: unknown };
  const inner = (cause as { message?: string } | undefined)?.message;
  return inner ? `${message} (${inner})` : message;
}
