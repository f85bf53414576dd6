import { expect, test } from '@jest/globals';
import { formatTimeline, measureDurations } from './timeline.ts';

const start = Date.parse('2026-03-01T03:00:00.000Z');
const at = (seconds: number) => start + seconds * 1_000;
const timestamps = {
  injected: start,
  firing: at(10),
  notified: at(10.5),
  pending: at(4),
  firstBad: at(3.9),
  undone: at(12),
  resolved: at(22),
  resolvedNotifiedAt: at(28.6),
};

test('measures from the fault to detection and notification, and from the undoing to the resolved notification', () => {
  const { detect, notify, resolve } = measureDurations(timestamps);
  expect(detect).toBe(10);
  expect(notify).toBe(10.5);
  expect(resolve).toBeCloseTo(16.6);
});

test('has no duration for missing timestamps', () => {
  expect(measureDurations({ injected: start, firing: at(3) })).toEqual({
    detect: 3,
    notify: undefined,
    resolve: undefined,
  });
});

test('prints the timestamps in order, the factor, and the accuracy', () => {
  expect(formatTimeline(timestamps, { timeFactor: 10, errorSeconds: 0.5 })).toEqual([
    '  03:00:00.0      +0.0 s  fault injected',
    '  03:00:03.9      +3.9 s  first bad sample',
    '  03:00:04.0      +4.0 s  pending',
    '  03:00:10.0     +10.0 s  firing',
    '  03:00:10.5     +10.5 s  firing notification',
    '  03:00:12.0     +12.0 s  undoing starts',
    '  03:00:22.0     +22.0 s  resolved',
    '  03:00:28.6     +28.6 s  resolved notification',
    '  time to detect 10.0 s, to notify 10.5 s, to resolve 16.6 s; time compressed 10 times; ' +
      'accurate to 0.5 s, one scrape interval',
  ]);
});

test('prints that time is real', () => {
  const lines = formatTimeline({ injected: start }, { timeFactor: 1, errorSeconds: 5 });
  expect(lines.at(-1)).toBe(
    '  time to detect –, to notify –, to resolve –; in real time; accurate to 5 s, one scrape interval',
  );
});
