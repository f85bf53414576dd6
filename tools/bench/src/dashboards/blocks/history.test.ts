import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findPromtool } from '@watchkeeper/stack';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import type { WrittenSeries } from './block.ts';
import { planBlocks, writeHistory } from './history.ts';
import { valuesOf } from './shape.ts';

const hourMs = 3_600_000;
const endMs = Date.UTC(2026, 10, 21, 13, 0);

describe('what a Prometheus of its own tools finds in the blocks', () => {
  let folder: string;

  beforeEach(() => {
    folder = makeTemporaryFolder('blocks');
  });

  afterEach(removeTemporaryFolders);

  test('is every sample of every series, through every encoding', async () => {
    const series: WrittenSeries[] = [
      {
        labels: { __name__: 'up', job: 'api' },
        stepMs: 5_000,
        shape: { kind: 'constant', value: 1 },
      },
      {
        labels: { __name__: 'lines', job: 'é' },
        stepMs: 15_000,
        shape: { kind: 'share', seed: 3 },
      },
      {
        labels: { __name__: 'bucket', le: '+Inf', job: 'api' },
        ...{ stepMs: 5_000, shape: { kind: 'counter', seed: 1, level: 4 } },
      },
      { labels: { __name__: 'bytes', a: '1' }, stepMs: 60_000, shape: { kind: 'bytes', seed: 0 } },
      { labels: { __name__: 'bytes', a: '0' }, stepMs: 5_000, shape: { kind: 'count', seed: 9 } },
    ];
    const history = writeHistory(folder, series, { endMs, hours: 3 });

    expect(readdirSync(folder)).toHaveLength(history.blocks);
    // It will not read blocks alone.
    mkdirSync(join(folder, 'wal'));
    const text = execFileSync(await findPromtool(), ['tsdb', 'dump', folder], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    const expected = series.flatMap(({ labels, stepMs, shape }) => {
      const { __name__: name, ...rest } = labels;
      const inner = Object.entries({ __name__: name, ...rest }).map(
        ([key, value]) => `${key}="${value}"`,
      );
      const first = history.from / stepMs;
      const values = valuesOf(shape, first, (3 * hourMs) / stepMs);
      return [...values].map((value, index) => {
        const text = inner.sort().join(', ');
        return { text: `{${text}}`, value, at: (first + index) * stepMs };
      });
    });
    const found = text
      .trim()
      .split('\n')
      .map((line) => /^(\{.*\}) (\S+) (\d+)$/.exec(line) ?? [])
      .map(([, labels, value, at]) => `${labels} ${Number(value)} ${at}`);
    expect(found.sort()).toEqual(
      expected.map(({ text: labels, value, at }) => `${labels} ${value} ${at}`).sort(),
    );
    expect(history.samples).toBe(expected.length);
  });
});

test('a counter never falls, and a higher bucket never holds less', () => {
  const low = valuesOf({ kind: 'counter', seed: 2, level: 0 }, 350_000_000, 500);
  const high = valuesOf({ kind: 'counter', seed: 2, level: 1 }, 350_000_000, 500);
  expect([...low].every((value, index) => index === 0 || value >= (low[index - 1] ?? 0))).toBe(
    true,
  );
  expect([...high].every((value, index) => value >= (low[index] ?? 0))).toBe(true);
});

test('blocks follow each other, long ones first, short ones of late', () => {
  const spans = planBlocks(endMs + 47_000, 15 * 24);
  expect(spans.every(({ from }, index) => index === 0 || from === spans[index - 1]?.to)).toBe(true);
  expect(spans.at(-1)?.to).toBe(endMs);
  const hours = spans.map(({ from, to }) => (to - from) / hourMs);
  expect(Math.max(...hours)).toBe(18);
  expect(hours.at(-1)).toBeLessThanOrEqual(2);
});
