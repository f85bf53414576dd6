import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { findPromtool } from '@watchkeeper/stack';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { writeHistory } from './history.ts';
import type { WrittenSeries } from './series.ts';
import { bytes, counter, ratio } from './shape.ts';

const minuteMs = 60_000;
const endMs = Date.UTC(2026, 10, 21, 13, 0);

afterEach(removeTemporaryFolders);

test('writes every sample of every series into blocks that promtool reads', async () => {
  const folder = join(makeTemporaryFolder('history'), 'data');
  const series: WrittenSeries[] = [
    { labels: { __name__: 'up', job: 'api' }, shape: () => 1 },
    { labels: { __name__: 'lines', job: 'é"\\' }, shape: ratio(3) },
    { labels: { __name__: 'bytes', a: '1' }, shape: bytes(0) },
    {
      labels: { __name__: 'bucket', le: '+Inf', job: 'api' },
      shape: counter(1, 4),
    },
  ];
  const history = await writeHistory(folder, series, { endMs, hours: 3 });
  expect(history).toMatchObject({ to: endMs, blocks: 2, series: 4, samples: 4 * 180 });

  // It does not read blocks without a WAL.
  mkdirSync(join(folder, 'wal'));
  const text = execFileSync(await findPromtool(), ['tsdb', 'dump', folder], { encoding: 'utf8' });
  const samples = text.trimEnd().split('\n');
  expect(samples).toHaveLength(4 * 180);
  const times = Array.from({ length: 180 }, (_, index) => history.from + index * minuteMs);
  const found = samples.filter((line) => line.includes('lines'));
  expect(found[0]).toContain('job="é\\"\\\\"');
  expect(found.map((line) => line.split(' ').slice(-2).map(Number))).toEqual(
    times.map((timeMs) => [ratio(3)(timeMs / minuteMs), timeMs]),
  );
}, 60_000);

test('a counter never falls, and a higher bucket never holds less', () => {
  const indexes = Array.from({ length: 500 }, (_, index) => 350_000_000 + index);
  const low = indexes.map(counter(2, 0));
  const high = indexes.map(counter(2, 1));
  expect(low.every((value, index) => index === 0 || value >= (low[index - 1] ?? 0))).toBe(true);
  expect(high.every((value, index) => value >= (low[index] ?? 0))).toBe(true);
});
