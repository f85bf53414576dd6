import { defineFault, expiresInSeconds, repeat } from '@watchkeeper/galley';
import { instrumentCache, type Telemetry } from '@watchkeeper/telemetry';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { RestaurantStore } from './store.ts';

/** Answers of the store; the context of a fetch reads one from the database. */
export type RestaurantCache = LRUCache<string, object, () => Promise<object>>;

// Short, because nothing invalidates an entry when a menu changes.
const ttlMs = 30_000;
const maxEntries = 2_000;
const maxBytes = 8 * 1_024 * 1_024;

export function createRestaurantCache(telemetry: Telemetry): RestaurantCache {
  const cache: RestaurantCache = new LRUCache({
    ttl: ttlMs,
    max: maxEntries,
    maxSize: maxBytes,
    // Its size as JSON; the object itself takes a small multiple of that.
    sizeCalculation: (value, key) => key.length + JSON.stringify(value).length,
    fetchMethod: (_key, _stale, { context: read }) => read(),
    // The fault `cacheFlush` removes entries that are still being read.
    ignoreFetchAbort: true,
  });
  return instrumentCache(cache, telemetry, { name: 'restaurants' });
}

/** The store behind its cache. Unknown restaurants are not cached, so that ids can't fill it. */
export function cacheRestaurants(store: RestaurantStore, cache: RestaurantCache): RestaurantStore {
  // `get` counts hits and misses; callers that miss at the same time share one fetch.
  const cached = async <T extends object>(key: string, read: () => Promise<T>) =>
    (cache.get(key) ?? (await cache.forceFetch(key, { context: read }))) as T;
  return {
    list: (query) => {
      const { limit, after, cuisine } = query;
      return cached(`list:${JSON.stringify([limit, after, cuisine])}`, () => store.list(query));
    },
    find: (id) => cached(`menu:${id}`, () => store.find(id)),
    search: (words, limit) =>
      cached(`search:${limit}:${words.join(' ')}`, () => store.search(words, limit)),
  };
}

// Shorter than the time between two requests for one key, so that there are hardly any hits.
const everyMs = z.number().int().min(1).max(60_000).default(10);

/** Empties the cache at intervals. */
export function cacheFaults(cache: RestaurantCache) {
  return {
    cacheFlush: defineFault(z.strictObject({ everyMs, expiresInSeconds }), ({ everyMs }) =>
      repeat(everyMs, () => cache.clear()),
    ),
  };
}
