import { defineFault, expiresInSeconds, repeat } from '@watchkeeper/galley';
import { z } from 'zod';

// Shorter than the time between two requests for one key, so that there are hardly any hits.
const everyMs = z.number().int().min(1).max(60_000).default(10);

/** Empties a cache at intervals. */
export function cacheFaults(cache: { clear(): void }) {
  return {
    cacheFlush: defineFault(z.strictObject({ everyMs, expiresInSeconds }), ({ everyMs }) =>
      repeat(everyMs, () => cache.clear()),
    ),
  };
}
