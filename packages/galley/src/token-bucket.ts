// Sums of fractions miss a whole token by their rounding, and a caller who honours the wait must pass.
const wholeToken = 1 - 1e-9;

/**
 * Creates a full bucket of `capacity` tokens that refills steadily; `now` returns milliseconds.
 * @returns a function that takes one token: 0 if there was one, else the milliseconds until there is
 */
export function createTokenBucket({
  capacity,
  refillPerSecond,
  now = () => performance.now(),
}: {
  readonly capacity: number;
  readonly refillPerSecond: number;
  readonly now?: () => number;
}): () => number {
  let tokens = capacity;
  let refilledAt = now();
  return () => {
    const at = now();
    // A clock that was set back must not empty the bucket.
    const elapsedSeconds = Math.max(at - refilledAt, 0) / 1_000;
    tokens = Math.min(capacity, tokens + elapsedSeconds * refillPerSecond);
    refilledAt = at;
    if (tokens < wholeToken) {
      return Math.max(Math.ceil(((1 - tokens) / refillPerSecond) * 1_000), 1);
    }
    tokens -= 1;
    return 0;
  };
}
