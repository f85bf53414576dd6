import { setTimeout as sleep } from 'node:timers/promises';

// A cold start on a busy machine; shorter than a test may take, so that the reason is reported.
const defaultTimeoutMs = 45_000;
// Most conditions hold within milliseconds; the others must not keep the machine busy.
const polls = { firstMs: 5, growth: 1.5, longestMs: 100 };

type Awaitable<T> = T | Promise<T>;
type Read<T> = () => Awaitable<T | undefined | false>;

export function waitUntil<T>(read: Read<T>): Promise<T>;
export function waitUntil<T>(condition: string, read: Read<T>, timeoutMs?: number): Promise<T>;
/**
 * Calls `read` until it returns anything but `undefined` or `false`; an error counts as "not yet".
 * @throws Error that names `condition`, or else shows `read`, with the last error as its cause
 */
export async function waitUntil<T>(
  condition: string | Read<T>,
  read?: Read<T>,
  timeoutMs = defaultTimeoutMs,
): Promise<T> {
  const readNow = read ?? (condition as Read<T>);
  const deadline = performance.now() + timeoutMs;
  for (let pollMs = polls.firstMs; ; pollMs = Math.min(pollMs * polls.growth, polls.longestMs)) {
    let cause: unknown;
    try {
      const value = await readNow();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`Expected ${condition} within ${timeoutMs} ms.`, { cause });
    }
    await sleep(pollMs);
  }
}

/** Repeats `assertion` until it holds; rejects with its last error when it never does. */
export async function eventually<T>(assertion: () => Awaitable<T>): Promise<T> {
  const attempt = async () => [await assertion()] as const;
  try {
    const [value] = await waitUntil(attempt);
    return value;
  } catch (error) {
    throw (error as Error).cause;
  }
}
