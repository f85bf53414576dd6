import { defineFault, expiresInSeconds } from '@watchkeeper/galley';
import { z } from 'zod';

// Shorter than the time between two requests of the same thing, so that hardly any finds it there.
const everyMs = z.number().int().min(1).max(60_000).default(10);

/** Empties a cache at intervals. */
export function cacheFaults(cache: { clear(): void }) {
  return {
    cacheFlush: defineFault(z.strictObject({ everyMs, expiresInSeconds }), ({ everyMs }) => {
      cache.clear();
      const timer = setInterval(() => cache.clear(), everyMs);
      timer.unref();
      return () => clearInterval(timer);
    }),
  };
}
