import { createTokenBucket } from '@watchkeeper/galley';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimit } from '../routing/schema.ts';
import { createSlidingWindow, type Take } from './sliding-window.ts';

/**
 * Creates the counter behind a rate limit.
 * @param factor multiplies how many requests may pass, not the window
 */
export function createStrategy(settings: RateLimit, factor: number, now = Date.now): Take {
  if (settings.strategy === 'token-bucket') {
    const capacity = settings.capacity * factor;
    const refillPerSecond = settings.refillPerSecond * factor;
    return createTokenBuckets({ capacity, refillPerSecond, now });
  }
  const limit = Math.max(Math.floor(settings.limit * factor), 1);
  const { windowSeconds } = settings;
  return settings.strategy === 'fixed-window'
    ? createFixedWindow(limit, windowSeconds)
    : createSlidingWindow({ limit, windowSeconds }, now);
}

/** A window starts with the first request of its key, so that not all windows end at once. */
function createFixedWindow(limit: number, windowSeconds: number): Take {
  const counts = new RateLimiterMemory({ points: limit, duration: windowSeconds });
  return async (key) => {
    try {
      await counts.consume(key);
      return 0;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return Math.max(refusal.msBeforeNext, 1);
      throw refusal;
    }
  };
}

// Some 10 MB; the least recently used bucket is full, so that evicting it costs nothing.
const maxBuckets = 50_000;

/**
 * Not the library's `BurstyRateLimiter`: that is two fixed windows, which let twice the refill rate
 * pass for ever.
 */
function createTokenBuckets(settings: Parameters<typeof createTokenBucket>[0]): Take {
  const buckets = new LRUCache<string, () => number>({ max: maxBuckets });
  return (key) => {
    const take = buckets.get(key) ?? createTokenBucket(settings);
    buckets.set(key, take);
    return take();
  };
}
