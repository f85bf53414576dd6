import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly everyMs?: number;
  /** Ends the wait at once, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads until the value is neither undefined nor false. An error counts as "not yet": what is
 * drilled is broken.
 * @throws Error with the last error as its cause
 */
export async function waitUntil<T>(
  condition: string,
  read: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs, everyMs = 200, signal }: WaitOptions,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  do {
    signal?.throwIfAborted();
    try {
      const value = await read();
      if (value !== undefined && value !== false) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(everyMs, undefined, signal ? { signal } : {});
  } while (performance.now() < deadline);
  const reason = cause === undefined ? '' : ` Last error: ${messageOf(cause)}`;
  const seconds = Math.round(timeoutMs / 1_000);
  throw new Error(`Expected ${condition} within ${seconds} s.${reason}`, { cause });
}

/** The message of an error; `fetch` hides the reason of a failure in its cause. */
export function messageOf(error: unknown): string {
  const { message = String(error), cause } = (error ?? {}) as { message?: string; cause?: unknown };
  const inner = (cause as { message?: string } | undefined)?.message;
  return inner ? `${message} (${inner})` : message;
}
