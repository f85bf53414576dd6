import { expect, test } from '@jest/globals';
import { LRUCache } from 'lru-cache';
import { instrumentCache } from '../index.ts';
import { createTestTelemetry } from '../testing/test-telemetry.ts';

async function cacheIn(environment: Record<string, string> = {}) {
  const service = await createTestTelemetry(environment);
  const cache = new LRUCache<string, string>({
    maxSize: 1_000,
    sizeCalculation: (value) => value.length,
  });
  const same = instrumentCache(cache, service.telemetry, { name: 'menus' });
  expect(same).toBe(cache);
  return { ...service, cache };
}

test('counts hits and misses, entries and bytes', async () => {
  const { cache, telemetry } = await cacheIn();
  cache.set('menu:1', 'x'.repeat(100));
  cache.get('menu:1');
  cache.get('menu:1');
  cache.get('menu:2');
  const lines = (await telemetry.renderMetrics()).split('\n');
  expect(lines).toContain('cache_hits_total{cache="menus"} 2');
  expect(lines).toContain('cache_misses_total{cache="menus"} 1');
  expect(lines).toContain('cache_entries{cache="menus"} 1');
  expect(lines).toContain('cache_size_bytes{cache="menus"} 100');
});

test('has its series before the first look-up, so that a first miss is seen', async () => {
  const { telemetry } = await cacheIn();
  expect(await telemetry.renderMetrics()).toContain('cache_misses_total{cache="menus"} 0');
});

test.each([
  ['menu:17', 'menu:?'],
  ['menu:17:alice@example.org', 'menu:?'],
  ['alice@example.org:menu', '?'],
  ['f3b1c0ffee', '?'],
])('logs of the key %s only %s', async (key, template) => {
  const { cache, linesOf, lines } = await cacheIn();
  cache.get(key);
  cache.set(key, 'value');
  cache.get(key);
  expect(linesOf('cache_miss')).toEqual([
    expect.objectContaining({ level: 'debug', cache: 'menus', cache_key: template }),
  ]);
  expect(linesOf('cache_hit')).toHaveLength(1);
  expect(JSON.stringify(lines)).not.toContain(key);
});

test('writes no line at the default level', async () => {
  const { cache, lines } = await cacheIn({ LOG_LEVEL: 'info' });
  cache.get('menu:1');
  expect(lines).toEqual([]);
});

test('takes an answer of null from a remote cache for a miss', async () => {
  const { telemetry } = await createTestTelemetry();
  const stored = new Map([['menu:1', 'x']]);
  const remote = { size: 0, get: async (key: string) => stored.get(key) ?? null };
  instrumentCache(remote, telemetry, { name: 'remote' });
  expect([await remote.get('menu:1'), await remote.get('menu:2')]).toEqual(['x', null]);
  const text = await telemetry.renderMetrics();
  expect(text).toContain('cache_hits_total{cache="remote"} 1');
  expect(text).toContain('cache_misses_total{cache="remote"} 1');
});
