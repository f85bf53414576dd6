/** When something that failed is tried again. */
export interface RetrySchedule {
  /** Before the second try, in milliseconds; each further wait is twice the last. */
  readonly baseMs: number;
  /** The longest wait, in milliseconds. */
  readonly capMs: number;
  /** After this many failures it is dead, until somebody drives it again. */
  readonly maxAttempts: number;
}

/**
 * Milliseconds to wait after the given number of failures; nothing when it is dead. Half of the wait
 * is fixed and half random: those that failed together do not come back together, and none at once.
 * Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function retryDelayMs(
  { baseMs, capMs, maxAttempts }: RetrySchedule,
  failures: number,
  random: () => number = Math.random,
): number | undefined {
  if (failures >= maxAttempts) return undefined;
  const whole = Math.min(capMs, baseMs * 2 ** (failures - 1));
  return Math.round(whole / 2 + (random() * whole) / 2);
}
