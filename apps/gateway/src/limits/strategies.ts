import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimit } from '../routing/schema.ts';
import { createSlidingWindow } from './sliding-window.ts';
import { createTokenBucket } from './token-bucket.ts';

/** Takes one request of `key`: 0 when it may pass, else the milliseconds until one may. */
export type Take = (key: string) => Promise<number> | number;

/**
 * Makes the counting behind a rate limit.
 * @param factor multiplies how much may pass, not the time in which it may
 */
export function createStrategy(settings: RateLimit, factor: number, now = Date.now): Take {
  if (settings.strategy === 'token-bucket') {
    const capacity = settings.capacity * factor;
    return createTokenBucket({ capacity, refillPerSecond: settings.refillPerSecond * factor }, now);
  }
  const limit = Math.max(Math.floor(settings.limit * factor), 1);
  const { windowSeconds } = settings;
  return settings.strategy === 'fixed-window'
    ? createFixedWindow({ limit, windowSeconds })
    : createSlidingWindow({ limit, windowSeconds }, now);
}

/** A window begins with the first request of its key, so that not all windows end at once. */
function createFixedWindow({
  limit,
  windowSeconds,
}: {
  limit: number;
  windowSeconds: number;
}): Take {
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
