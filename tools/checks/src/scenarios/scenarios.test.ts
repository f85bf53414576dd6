import { describe, expect, test } from '@jest/globals';
import { judge, score } from './precision-recall.ts';
import { compareAlerts } from './scenarios-check.ts';
import { readScenarios } from './schema.ts';
import { expandSignal } from './series.ts';

const text = `
scenarios:
  - name: every request fails
    faultAt: 10m
    must: { HighErrorRate: 2m }
    may: [ErrorBudgetBurnFast]
    signals:
      - { gauge: 'up{job="api"}', phases: [{ for: 10s, value: 1 }, { for: 10s, isAbsent: true }, { for: 10s, ramp: [0, 4] }] }
      - { counter: 'c_total{job="api"}', phases: [{ for: 10s, perSecond: 2 }, { for: 10s, once: 3 }, { for: 10s, perSecond: 1, isReset: true }] }
`;

function readOne() {
  const [scenario] = readScenarios(text, 'x.yml');
  if (scenario === undefined) throw new Error('Expected a scenario.');
  return scenario;
}

const firingAt = (first: Readonly<Record<string, number>>) =>
  new Map(
    Object.entries(first).map(
      ([name, firstAt]) => [name, { firstAt, seconds: 5, interval: 5 }] as const,
    ),
  );

describe('expandSignal', () => {
  const [gauge, counter] = readOne().signals;

  test('writes values, gaps and straight lines of a gauge', () => {
    expect(gauge && expandSignal(gauge, 5)).toEqual([
      { series: 'up{job="api"}', values: '1x1 _x2 0+2x1' },
    ]);
  });

  test('adds up rates and leaps of a counter, from zero after a reset', () => {
    expect(counter && expandSignal(counter, 5)).toEqual([
      { series: 'c_total{job="api"}', values: '10+10x1 23+0x1 5+5x1' },
    ]);
  });

  test('spreads requests over statuses and buckets', () => {
    const phases = [{ for: 10, isReset: false, perSecond: 10, errors: 0.1, slow: { '3': 0.05 } }];
    const series = expandSignal({ http: 'job="api"', phases }, 5);
    const of = (part: string) => series.find((one) => one.series.includes(part))?.values;
    expect(of('status_code="500"')).toBe('5+5x1');
    expect(of('le="2.0"')).toBe('47.5+47.5x1');
    expect(of('le="5.0"')).toBe('50+50x1');
    expect(of('_count')).toBe('50+50x1');
  });
});

describe('judge', () => {
  test.each([
    [{ HighErrorRate: 660 }, { detected: [['HighErrorRate', 60]], missed: [], wrong: [] }],
    [{ HighErrorRate: 721 }, { detected: [], missed: ['HighErrorRate'], wrong: [] }],
    [{}, { detected: [], missed: ['HighErrorRate'], wrong: [] }],
    [{ HighErrorRate: 300 }, { detected: [], missed: [], wrong: ['HighErrorRate'] }],
    [
      { HighErrorRate: 660, ErrorBudgetBurnFast: 700, ServiceDown: 700, Watchdog: 0 },
      { detected: [['HighErrorRate', 60]], missed: [], wrong: ['ServiceDown'] },
    ],
  ])('takes %j for %j', (firings, expected) => {
    const verdict = judge(readOne(), firingAt(firings));
    expect({ ...verdict, detected: [...verdict.detected] }).toMatchObject(expected);
  });

  test('expects nothing of rules that lack the alert', () => {
    expect(judge(readOne(), new Map(), new Set(['Other'])).missed).toEqual([]);
  });
});

test('precision falls with unexpected alerts, recall with missed ones', () => {
  const scenario = readOne();
  const late = judge(scenario, firingAt({ ServiceDown: 700 }));
  const right = judge(scenario, firingAt({ HighErrorRate: 660 }));
  expect(score([late, right])).toEqual({
    precision: 0.5,
    recall: 0.5,
    detected: 1,
    missed: 1,
    wrong: 1,
  });
});

test.each([
  ['for: 10s, value: 1', 'for: 10, value: 1', /signals.0/],
  ['name: every request fails', 'name: short', /name/],
  ['    faultAt: 10m\n', '', /expected `every request fails` to have both `faultAt` and `must`/],
])('refuses `%s` changed to `%s`, with the file', (from, to, message) => {
  expect(() => readScenarios(text.replace(from, to), 'x.yml')).toThrow(/^x.yml:/);
  expect(() => readScenarios(text.replace(from, to), 'x.yml')).toThrow(message);
});

const origin =
  "source: 'https://x.example/1', year: 2020, report: 'All requests failed for an hour.'";

test.each([
  ['x.yml', origin.replace('https', 'http'), /source: Expected an https address/],
  ['x.yml', "source: 'https://x.example/1', year: 2020", /`source`, `year` and `report`, or none/],
  ['incidents-x.yml', '', /because the file is for incidents/],
])('refuses in %s the origin `%s`', (path, fields, message) => {
  const scenario = `name: every request fails, ${fields || 'faultAt: 1m, must: { A: 1m }'}`;
  const signals = 'signals: [{ gauge: up, phases: [{ for: 1m, value: 1 }] }]';
  const changed = `scenarios: [{ ${scenario}, ${signals} }]`;
  expect(() => readScenarios(changed, path)).toThrow(message);
});

test('reads the origin of an incident', () => {
  const signals = 'signals: [{ gauge: up, phases: [{ for: 1m, value: 1 }] }]';
  const changed = `scenarios: [{ name: every request fails, ${origin}, ${signals} }]`;
  expect(readScenarios(changed, 'incidents-x.yml')).toMatchObject([{ year: 2020 }]);
});

test('names alerts without a scenario and scenarios without an alert', () => {
  const problems = compareAlerts(['A', 'B', 'Watchdog'], { named: ['A', 'C'], required: ['A'] });
  expect(problems).toEqual([
    'monitoring/prometheus/scenarios: no scenario must fire `B`. Add one.',
    'monitoring/prometheus/scenarios: no rule has the alert `C`. Correct the name.',
  ]);
});
