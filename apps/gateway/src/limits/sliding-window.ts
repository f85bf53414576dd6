import { RateLimiterMemory } from 'rate-limiter-flexible';

/** Takes one request of `key`: 0 if it may pass, else the milliseconds until one may. */
export type Take = (key: string) => Promise<number> | number;

/**
 * Counts the requests of the last `windowSeconds`, weighting the previous window by its overlap. Two
 * counters per key, and no burst of twice the limit at the boundary of windows.
 * Source: https://blog.cloudflare.com/counting-things-a-lot-of-different-things/
 */
export function createSlidingWindow(
  { limit, windowSeconds }: { limit: number; windowSeconds: number },
  now: () => number,
): Take {
  const windowMs = windowSeconds * 1_000;
  // A window is needed until the end of the next.
  const counts = new RateLimiterMemory({ points: limit, duration: windowSeconds * 2 });
  return async (key) => {
    const at = now();
    const index = Math.floor(at / windowMs);
    const elapsed = (at % windowMs) / windowMs;
    const current = `${key} ${index}`;
    // Counted before the check, so that parallel requests can't all pass by one old count.
    const [{ consumedPoints }, before] = await Promise.all([
      counts.penalty(current),
      counts.get(`${key} ${index - 1}`),
    ]);
    const earlier = before?.consumedPoints ?? 0;
    if (earlier * (1 - elapsed) + consumedPoints <= limit) return 0;
    await counts.reward(current);
    const share = freeAt(limit, earlier, consumedPoints);
    return Math.max(Math.ceil((share - elapsed) * windowMs), 1);
  };
}

/** When the next request is allowed, in windows since the start of this one. */
function freeAt(limit: number, earlier: number, current: number): number {
  // The previous window's weight fades within this window.
  if (current <= limit) return 1 - (limit - current) / earlier;
  // This window alone is full, so its weight has to fade in the next.
  return 1 + Math.max(1 - (limit - 1) / (current - 1), 0);
}
