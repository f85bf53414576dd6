import { describe, expect, test } from '@jest/globals';
import { createCalendar } from './calendar.ts';
import { drawPicture } from './picture.ts';
import { formatConclusions, formatSpan, formatTable, sortSummaries } from './report.ts';
import { summarize } from './summary.ts';

const night = { from: 22, to: 7 };
const calendar = createCalendar('Europe/Berlin', night);
const at = (iso: string) => Date.parse(iso) / 1_000;
const rule = (name: string, severity: string) => ({
  ...{ name, expr: 'up', forSeconds: 0, keepFiringForSeconds: 0, interval: 60 },
  labels: { severity },
});
const page = {
  rule: rule('Page', 'critical'),
  firings: [
    // Half past eleven in the evening and half past four in the morning of the same night.
    { from: at('2026-11-20T22:30:00Z'), to: at('2026-11-20T23:30:00Z') },
    { from: at('2026-11-21T03:30:00Z'), to: at('2026-11-21T03:31:00Z') },
    // Another series of it, at the same time.
    { from: at('2026-11-21T03:30:00Z'), to: at('2026-11-21T03:40:00Z') },
    { from: at('2026-11-22T12:00:00Z'), to: at('2026-11-22T14:00:00Z') },
  ],
};
const heartbeat = {
  rule: rule('Heartbeat', 'none'),
  firings: [{ from: at('2026-11-10T00:00:00Z'), to: at('2026-11-24T00:00:00Z') }],
};
const quiet = { rule: rule('Quiet', 'warning'), firings: [] };
const blind = { rule: rule('Blind', 'warning'), firings: [] };
const broken = { rule: rule('Broken', 'warning'), firings: [], problem: 'too much' };
const fortnight = 14 * 86_400;

describe('createCalendar', () => {
  test.each([
    ['2026-11-20T21:30:00Z', '2026-11-20'],
    ['2026-11-21T03:00:00Z', '2026-11-20'],
    ['2026-11-21T06:30:00Z', undefined],
    // The clocks go back at three.
    ['2026-10-25T04:59:00Z', '2026-10-24'],
  ])('takes %s for the night of %s', (iso, expected) => {
    expect(calendar.night(at(iso))).toBe(expected);
  });

  test('knows a night within one day', () => {
    const early = createCalendar('UTC', { from: 1, to: 5 });
    expect(early.night(at('2026-11-20T03:00:00Z'))).toBe('2026-11-20');
    expect(early.night(at('2026-11-20T05:00:00Z'))).toBeUndefined();
  });
});

test('sums the firings of an alert, and counts each time once', () => {
  const { stretches, ...summary } = summarize(page, calendar);
  expect(summary).toEqual({
    ...{ name: 'Page', severity: 'critical', fired: 4 },
    ...{ seconds: 3_600 + 600 + 7_200, longestSeconds: 7_200 },
    worstDay: { day: '2026-11-22', fired: 1, seconds: 7_200 },
    nights: ['2026-11-20'],
  });
  expect(stretches).toHaveLength(3);
});

test('divides a firing among the days that it lasts', () => {
  const firings = [{ from: at('2026-11-20T22:00:00Z'), to: at('2026-11-22T22:00:00Z') }];
  const { worstDay } = summarize({ rule: rule('Long', 'warning'), firings }, calendar);
  expect(worstDay).toEqual({ day: '2026-11-21', fired: 0, seconds: 86_400 });
});

test('prints what fired, and says what did not or could not', () => {
  const judged = [page, quiet, heartbeat, blind];
  const evaluations = [
    ...[page, quiet, heartbeat, broken].map((each) => ({ ...each, missing: [], isBlind: false })),
    { ...quiet, missing: ['y_total'], isBlind: false },
    { ...blind, missing: ['x_total'], isBlind: true },
  ];
  const sorted = sortSummaries(
    judged.map((each) => summarize(each, calendar)),
    fortnight,
  );
  expect(formatTable(sorted.fired)).toBe(
    [
      'alert  severity  fired  firing in all  longest  worst day           nights disturbed',
      'Page   critical  4      3h 10m         2h       2026-11-22: 1x, 2h  1',
    ].join('\n'),
  );
  expect(formatConclusions(sorted, evaluations, fortnight)).toBe(
    [
      'Critical alerts began to fire 4 times (2.0 a week), in 1 of the nights. Alertmanager groups and inhibits: notifications are fewer.',
      'All the time: Heartbeat.',
      'Never: Quiet.',
      'Judged in part: Quiet, without y_total.',
      'Nothing to judge by: Blind, without x_total.',
      'Not evaluated: Broken: too much',
    ].join('\n'),
  );
});

test.each([
  [45, '45s'],
  [720, '12m'],
  [7_200, '2h'],
  [15_000, '4h 10m'],
  [86_400 * 3 + 60, '3d 1m'],
])('writes %i seconds as %s', (seconds, text) => {
  expect(formatSpan(seconds)).toBe(text);
});

test('draws a bar for each stretch, a band for each night and no markup of a name', () => {
  const odd = { ...page, rule: rule('<b>&', 'critical') };
  const options = {
    ...{ start: at('2026-11-20T12:00:00Z'), end: at('2026-11-23T12:00:00Z'), calendar },
    source: 'http://localhost:9090',
  };
  const picture = drawPicture([summarize(odd, calendar)], options);
  expect(picture.match(/fill="#d44a3a"/g)).toHaveLength(3);
  expect(picture.match(/fill="#eef0f4"/g)).toHaveLength(3);
  expect(picture).not.toContain('<b>');
  expect(drawPicture([], options)).toContain('No alert would have fired');
});
