export type RetryAfters = ReturnType<typeof createRetryAfters>;

/** The key of limits by address. */
export const everybody = 'everybody';

// More than the number of people; expired ones make room.
const maxKeys = 10_000;

/** Remembers the Retry-After of rate limits. @param now milliseconds on a steady clock */
export function createRetryAfters(now: () => number) {
  const untilMs = new Map<string, number>();

  function removeExpired(): void {
    for (const [key, until] of untilMs) {
      if (until <= now()) untilMs.delete(key);
    }
  }

  return {
    /** The longest remaining wait of the keys, in milliseconds. */
    remainingMs(...keys: readonly string[]) {
      const remaining = keys.map((key) => (untilMs.get(key) ?? 0) - now());
      return Math.max(0, ...remaining);
    },
    wait(key: string, milliseconds: number) {
      if (untilMs.size >= maxKeys) removeExpired();
      untilMs.set(key, Math.max(untilMs.get(key) ?? 0, now() + milliseconds));
    },
  };
}
