export interface RetrySchedule {
  /** Before the second attempt; each further delay is twice the last. */
  readonly baseMs: number;
  /** The longest delay. */
  readonly capMs: number;
  /** After this many failures it is dead-lettered, until it is redriven. */
  readonly maxAttempts: number;
}

/**
 * The delay after a number of failures; nothing if none is left. Half of it is fixed and half random,
 * so that what failed together is not retried together, and nothing is retried at once.
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
