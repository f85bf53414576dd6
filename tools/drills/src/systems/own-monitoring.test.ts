import { expect, test } from '@jest/globals';
import {
  compressBudgets,
  compressHost,
  compressLogRules,
  scrapeIntervalSeconds,
  shortenQuiet,
} from './own-monitoring.ts';

test.each([
  [1, 5],
  [3, 5],
  [10, 10],
])('with time %d times faster, scrapes are %d s apart before compression', (factor, seconds) => {
  expect(scrapeIntervalSeconds(factor)).toBe(seconds);
});

test("compresses the waits and ranges of Loki's ruler", () => {
  const text = [
    'groups:',
    '  - interval: 30s',
    '    rules:',
    '      - expr: sum(rate({level="error"}[5m])) > 0.5',
    '        for: 1m',
    '        keep_firing_for: 30s',
  ].join('\n');
  const compressed = compressLogRules(text, 10);
  expect(compressed).toContain('interval: 3s');
  expect(compressed).toContain('[30s]');
  expect(compressed).toContain(' for: 6s');
  expect(compressed).toContain('keep_firing_for: 3s');
  expect(compressLogRules(text, 60)).toContain('interval: 1s');
});

test('compresses the windows of budgets, and neither thresholds nor the interval', () => {
  const text = 'interval: 30s\nexpr: sum_over_time(x[1h:5m]) / 12 > 0.5\n';
  expect(compressBudgets(text)).toBe(
    'interval: 30s\nexpr: sum_over_time(x[360s:30s]) / 12 > 0.5\n',
  );
});

test('compresses how long a rule about a machine waits, and not its windows', () => {
  const text = 'expr: rate(x[2m]) > 0.7\nfor: 15m\n';
  expect(compressHost(text)).toBe('expr: rate(x[2m]) > 0.7\nfor: 180s\n');
});

test('lets alerts end soon that keep firing against flapping, and no others', () => {
  const text =
    'a:\n  for: 10m\n  keep_firing_for: 5m\nb:\n  keep_firing_for: 2m\nc:\n  keep_firing_for: 9m\n';
  expect(shortenQuiet(text)).toBe(
    'a:\n  for: 10m\n  keep_firing_for: 30s\nb:\n  keep_firing_for: 2m\nc:\n  keep_firing_for: 270s\n',
  );
});
