import { LRUCache } from 'lru-cache';
import type { Take } from './strategies.ts';

interface Bucket {
  tokens: number;
  /** Milliseconds since the epoch. */
  filledAtMs: number;
}

// Some 10 MB; a bucket that was not used for the longest time is full, so forgetting it costs nothing.
const maxBuckets = 50_000;
// Sums of fractions miss a whole token by their rounding, and who has waited as told is to pass.
const leastToken = 1 - 1e-9;

/**
 * A bucket of tokens that refills steadily. Own arithmetic, because the library has no such strategy:
 * its `BurstyRateLimiter` is two fixed windows, which let through twice the refill rate for ever.
 */
export function createTokenBucket(
  { capacity, refillPerSecond }: { capacity: number; refillPerSecond: number },
  now: () => number,
): Take {
  const buckets = new LRUCache<string, Bucket>({ max: maxBuckets });
  return (key) => {
    const at = now();
    const bucket = buckets.get(key) ?? { tokens: capacity, filledAtMs: at };
    // A clock that was set back must not empty the bucket.
    const passedSeconds = Math.max(at - bucket.filledAtMs, 0) / 1_000;
    const tokens = Math.min(capacity, bucket.tokens + passedSeconds * refillPerSecond);
    const isAllowed = tokens >= leastToken;
    buckets.set(key, { tokens: isAllowed ? tokens - 1 : tokens, filledAtMs: at });
    return isAllowed ? 0 : Math.max(Math.ceil(((1 - tokens) / refillPerSecond) * 1_000), 1);
  };
}
