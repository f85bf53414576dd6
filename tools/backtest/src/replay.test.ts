import { describe, expect, test } from '@jest/globals';
import { replaySeries } from './replay.ts';

const timing = { forSeconds: 30, keepFiringForSeconds: 60, interval: 10 };
const whole = [{ from: 0, to: 1_000 }];
const times = (from: number, to: number) =>
  Array.from({ length: (to - from) / 10 + 1 }, (_, index) => from + index * 10);

describe('replaySeries', () => {
  test.each([
    ['never holds', [], []],
    ['holds for less than `for`', times(100, 120), []],
    ['holds for `for`, and is kept for a minute', times(100, 130), [{ from: 130, to: 200 }]],
    [
      'comes back while it is kept',
      [...times(100, 130), ...times(180, 190)],
      [{ from: 130, to: 260 }],
    ],
    [
      'comes back after it was kept, and waits again',
      [...times(100, 130), ...times(210, 250)],
      [
        { from: 130, to: 200 },
        { from: 240, to: 320 },
      ],
    ],
    ['is interrupted while pending', [...times(100, 120), ...times(140, 160)], []],
    ['holds at the end', times(900, 1_000), [{ from: 930, to: 1_000 }]],
    ['is kept at the end', times(900, 980), [{ from: 930, to: 1_000 }]],
  ])('of a series that %s', (_, held, firings) => {
    expect(replaySeries(held, whole, timing)).toEqual(firings);
  });

  test('fires at once and ends at once without `for` and `keep_firing_for`', () => {
    const atOnce = { forSeconds: 0, keepFiringForSeconds: 0, interval: 10 };
    expect(replaySeries([100, 110, 130], whole, atOnce)).toEqual([
      { from: 100, to: 120 },
      { from: 130, to: 140 },
    ]);
  });

  test('rounds `keep_firing_for` up to evaluations', () => {
    const odd = { forSeconds: 0, keepFiringForSeconds: 25, interval: 10 };
    expect(replaySeries([100], whole, odd)).toEqual([{ from: 100, to: 140 }]);
  });

  describe('with a gap in which Prometheus was down', () => {
    const gap = (seconds: number) => [
      { from: 0, to: 110 },
      { from: 110 + seconds, to: 10_000 },
    ];

    test('goes on waiting where it was', () => {
      const held = [...times(90, 110), ...times(410, 500)];
      expect(replaySeries(held, gap(300), timing)).toEqual([{ from: 420, to: 570 }]);
    });

    test('waits anew after more than an hour', () => {
      const held = [...times(90, 110), ...times(4_110, 4_200)];
      expect(replaySeries(held, gap(4_000), timing)).toEqual([{ from: 4_140, to: 4_270 }]);
    });

    test('evaluates nothing within', () => {
      expect(replaySeries(times(150, 390), gap(300), timing)).toEqual([]);
    });
  });
});
