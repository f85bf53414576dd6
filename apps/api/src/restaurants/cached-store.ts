import { instrumentCache, type Telemetry } from '@watchkeeper/telemetry';
import { LRUCache } from 'lru-cache';
import type { RestaurantStore } from './store.ts';

/** What the catalogue's cache keeps: any answer of the store. */
export type RestaurantCache = LRUCache<string, object>;

// A menu may be this old; short, because nothing tells the cache of a change.
const ttlMs = 30_000;
const maxEntries = 2_000;
const maxBytes = 8 * 1_024 * 1_024;

/** Makes the cache of restaurants and menus, metered. */
export function createRestaurantCache(telemetry: Telemetry): RestaurantCache {
  const cache = new LRUCache<string, object>({
    ttl: ttlMs,
    max: maxEntries,
    maxSize: maxBytes,
    // What it is as JSON; the object itself takes a small multiple of that.
    sizeCalculation: (value, key) => key.length + JSON.stringify(value).length,
  });
  return instrumentCache(cache, telemetry, { name: 'restaurants' });
}

/** The store behind its cache. Absent restaurants are not kept, so that ids can't fill it. */
export function cacheRestaurants(store: RestaurantStore, cache: RestaurantCache): RestaurantStore {
  const pending = new Map<string, Promise<object | undefined>>();

  /** Callers who miss at the same time share one look into the database. */
  async function remember<T extends object | undefined>(
    key: string,
    read: () => Promise<T>,
  ): Promise<T> {
    const found = cache.get(key) ?? pending.get(key);
    if (found !== undefined) return found as T | Promise<T>;
    const reading = read();
    pending.set(key, reading);
    try {
      const value = await reading;
      if (value !== undefined) cache.set(key, value);
      return value;
    } finally {
      pending.delete(key);
    }
  }

  return {
    list: (query) =>
      remember(`list:${JSON.stringify([query.limit, query.after, query.cuisine])}`, () =>
        store.list(query),
      ),
    find: (id) => remember(`menu:${id}`, () => store.find(id)),
    search: (words, limit) =>
      remember(`search:${limit}:${words.join(' ')}`, () => store.search(words, limit)),
  };
}
