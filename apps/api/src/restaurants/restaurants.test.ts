import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { declinedAmounts } from '@watchkeeper/third-parties/card';
import { type RunningApi, startApi } from '../testing/running-api.ts';

interface Found {
  readonly name: string;
  readonly dishes: readonly { name: string; priceCents: number }[];
}

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
}, 120_000);

afterAll(() => api.stop());

async function get(path: string) {
  const response = await fetch(`${api.base}/api/v1${path}`);
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body, headers: response.headers };
}

async function search(text: string): Promise<readonly Found[]> {
  const { status, body } = await get(`/search?q=${encodeURIComponent(text)}`);
  expect(status).toBe(200);
  return body.items as readonly Found[];
}

async function count(metric: 'cache_hits_total' | 'cache_misses_total' | 'cache_entries') {
  const text = await api.telemetry.renderMetrics();
  return Number(new RegExp(`^${metric}{cache="restaurants"} (\\d+)`, 'm').exec(text)?.[1]);
}

describe('search', () => {
  test.each([
    ['lentil', ['Bosphorus', 'Green Bowl']],
    ['LENT', ['Bosphorus', 'Green Bowl']],
    ['thai', ['Lotus House']],
    ['pad thai', ['Lotus House']],
    ['soup', ['Bosphorus', 'Polder', 'The Oven']],
    ['nothing of the kind', []],
    ["'; DROP TABLE catalogue.dishes; --", []],
    ['& | ! ( ) : * <->', []],
  ])('finds for %s: %j', async (text, names) => {
    expect((await search(text)).map(({ name }) => name)).toEqual(names);
  });

  test('shows the matching dishes with their prices', async () => {
    expect(await search('lentil soup')).toEqual([
      expect.objectContaining({
        name: 'Bosphorus',
        cuisine: 'turkish',
        dishes: [expect.objectContaining({ name: 'Lentil soup', priceCents: 590 })],
      }),
    ]);
  });

  test.each([
    ['/search', 'query.q'],
    ['/search?q=%00', 'query.q'],
    [`/search?q=${'x'.repeat(101)}`, 'query.q'],
    ['/search?q=a&limit=0', 'query.limit'],
    ['/restaurants?cuisine=a&cuisine=b', 'query.cuisine'],
    ['/restaurants?after=%00', 'query.after'],
  ])('refuses %s and names %s', async (path, field) => {
    const { status, body } = await get(path);
    expect(status).toBe(400);
    expect(body.validationErrors).toEqual([{ field, message: expect.any(String) }]);
  });
});

test("has a dish with a price that the card processor's stand-in declines", async () => {
  const [{ dishes }] = (await search('lemon posset')) as [Found];
  const lastDigits = String(dishes[0]?.priceCents).slice(-2);
  expect(Object.keys(declinedAmounts)).toContain(lastDigits);
});

test('lists one cuisine', async () => {
  const { body } = await get('/restaurants?cuisine=dutch');
  expect(body.items).toEqual([expect.objectContaining({ name: 'Polder' })]);
});

test('makes the catalogue cacheable', async () => {
  const { headers } = await get('/restaurants');
  expect(headers.get('cache-control')).toBe('public, max-age=15');
});

describe('the cache', () => {
  test('answers repeated and twenty concurrent requests with one query', async () => {
    const [hits, misses] = [await count('cache_hits_total'), await count('cache_misses_total')];
    const first = await Promise.all(Array.from({ length: 20 }, () => get('/restaurants?limit=3')));
    const second = await get('/restaurants?limit=3');
    expect(new Set([...first, second].map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await count('cache_hits_total')).toBeGreaterThan(hits);
    expect(await count('cache_misses_total')).toBeGreaterThan(misses);
    expect(await api.telemetry.renderMetrics()).toMatch(
      /cache_size_bytes\{cache="restaurants"\} [1-9]\d*/,
    );
  });

  test('does not cache unknown restaurants', async () => {
    const before = await count('cache_entries');
    expect((await get(`/restaurants/${randomUUID()}`)).status).toBe(404);
    expect(await count('cache_entries')).toBe(before);
  });

  test('is emptied repeatedly by the fault cacheFlush', async () => {
    const faults = `${api.management}/faults`;
    await fetch(faults, { method: 'PUT', body: JSON.stringify({ cacheFlush: {} }) });
    const hits = await count('cache_hits_total');
    for (let look = 0; look < 5; look += 1) {
      await get('/restaurants?limit=4');
      await sleep(50);
    }
    expect(await count('cache_hits_total')).toBe(hits);
    await fetch(faults, { method: 'DELETE' });
    await get('/restaurants?limit=4');
    await get('/restaurants?limit=4');
    expect(await count('cache_hits_total')).toBe(hits + 1);
  });
});
