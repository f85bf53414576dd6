import type { AnyFunction } from '../database/call-context.ts';
import { claimName, isFirstWrapping } from '../operations/metered.ts';
import type { Telemetry } from '../telemetry.ts';

/** The part of a cache that is metered; `lru-cache` and `Map` have it. */
interface MeterableCache {
  get(key: never, ...rest: never[]): unknown;
  readonly size: number;
  /** Sum of the entries' sizes in bytes, where the cache was given a `sizeCalculation`. */
  readonly calculatedSize?: number;
}

interface CacheOptions<K> {
  /** The label `cache`; a constant. */
  readonly name: string;
  /**
   * The template of a key, such as `menu:?`. By default the text before the first colon, and
   * `?` for a key without one, because a key may be an address or a session's token.
   */
  readonly describeKey?: (key: K) => string;
}

type KeyOf<C extends MeterableCache> = Parameters<C['get']>[0];

/**
 * Meters a cache: hits, misses, entries and bytes, and a debug line for each look-up by `get`.
 * @returns the same cache
 */
export function instrumentCache<C extends MeterableCache>(
  cache: C,
  telemetry: Telemetry,
  { name, describeKey = keyTemplate }: CacheOptions<KeyOf<C>>,
): C {
  if (!isFirstWrapping(telemetry, cache)) return cache;
  claimName(telemetry, 'cache', name);
  const { metrics, logger } = telemetry;
  const hits = metrics.counter('cache_hits_total').series({ cache: name });
  const misses = metrics.counter('cache_misses_total').series({ cache: name });
  meterSize(cache, telemetry, name);

  function report(key: KeyOf<C>, isHit: boolean): void {
    (isHit ? hits : misses).add(1);
    // The look-up is a hot path: fields are made only for lines that are written.
    if (!logger.isLevelEnabled('debug')) return;
    const fields = { cache: name, cache_key: describeKey(key) };
    if (isHit) logger.debug({ event: 'cache_hit', ...fields }, 'cache hit');
    else logger.debug({ event: 'cache_miss', ...fields }, 'cache missed');
  }

  const get = cache.get.bind(cache) as AnyFunction;
  const metered: AnyFunction = (key, ...rest) => {
    const found = get(key, ...rest);
    if (!isThenable(found)) {
      report(key as KeyOf<C>, found !== undefined);
      return found;
    }
    return found.then((value) => {
      // A remote cache answers an absent key with null.
      report(key as KeyOf<C>, value !== undefined && value !== null);
      return value;
    });
  };
  cache.get = metered as C['get'];
  return cache;
}

function meterSize(cache: MeterableCache, { metrics }: Telemetry, name: string): void {
  const entries = metrics.gauge('cache_entries');
  const labels = { cache: name };
  entries.collect(() => entries.set(cache.size, labels));
  if (cache.calculatedSize === undefined) return;
  const bytes = metrics.gauge('cache_size_bytes');
  bytes.collect(() => bytes.set(cache.calculatedSize ?? 0, labels));
}

/** A promise of any library; `then` is called once, because some only start their query there. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return isObject && 'then' in value && typeof value.then === 'function';
}

const prefixPattern = /^([a-z][a-z0-9_-]{0,29}):/i;

function keyTemplate(key: unknown): string {
  const prefix = typeof key === 'string' ? prefixPattern.exec(key)?.[1] : undefined;
  return prefix === undefined ? '?' : `${prefix}:?`;
}
