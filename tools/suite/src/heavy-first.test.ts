import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Test } from '@jest/reporters';
import { repositoryRoot } from '@watchkeeper/stack';
import HeavyFirst, { heavyFiles } from './heavy-first.ts';

test('every heavy file exists', () => {
  expect(heavyFiles.filter((file) => !existsSync(join(repositoryRoot, file)))).toEqual([]);
});

test('heavy files run first, the others by their size', async () => {
  const sizes: Record<string, number> = { '/a/small.test.ts': 1, '/a/large.test.ts': 9 };
  const context = {
    config: { cacheDirectory: '/nowhere', id: 'none' },
    hasteFS: { getSize: (path: string) => sizes[path] ?? 5 },
  };
  const [heavy = '', next = ''] = heavyFiles.map((file) => `/a/${file}`);
  const paths = ['/a/small.test.ts', next, '/a/large.test.ts', heavy];
  const tests = paths.map((path) => ({ path, context }) as unknown as Test);
  const globalConfig = {} as never;
  const sorted = await new HeavyFirst({ contexts: [], globalConfig }).sort(tests);
  expect(sorted.map(({ path }) => path)).toEqual([
    ...[heavy, next],
    ...['/a/large.test.ts', '/a/small.test.ts'],
  ]);
});
