import { describe, expect, test } from '@jest/globals';
import { findSyntaxError } from '@watchkeeper/stack/configuration/promql';
import { inlineRecordings } from './inline-recordings.ts';

const recording = (expr: string, labels = {}) => ({ expr, labels, interval: 60 });
const recordings = new Map([
  ['job:rate', [recording('sum by (job) (rate(x[5m]))')]],
  ['job:share', [recording('job:errors / job:rate')]],
  ['job:errors', [recording('sum by (job) (rate(e[5m]))')]],
  [
    'slo:ratio',
    [recording('vector(1)', { slo: 'fast' }), recording('vector(2)', { slo: 'right' })],
  ],
  ['self', [recording('max(self offset 1m or y)')]],
]);
const rate = '(sum by (job) (rate(x[5m])))';

describe('inlineRecordings', () => {
  test.each([
    ['up == 0', 'up == 0'],
    ['job:rate > 5', `(${rate}) > 5`],
    ['max_over_time(job:rate[10m])', `max_over_time((${rate})[10m:60s])`],
    ['max_over_time(job:rate[10m:1m])', `max_over_time((${rate})[10m:1m])`],
    ['rate(job:rate[10m] offset 1d)', `rate((${rate})[10m:60s] offset 1d)`],
    [
      'job:rate < job:rate offset 5m and up',
      `(${rate}) < last_over_time((${rate})[60s:60s] offset 5m) and up`,
    ],
    ['job:rate @ end()', `last_over_time((${rate})[60s:60s] @ end())`],
    [
      'job:share > 0.1',
      `(((sum by (job) (rate(e[5m]))) / (${rate}))) > 0.1`
        .replace('(((sum', '((((sum')
        .replace(') / (', ')) / ('),
    ],
  ])('of `%s`', (expr, expected) => {
    const inlined = inlineRecordings(expr, recordings);
    expect(inlined.replaceAll(/\s|[()]/g, '')).toBe(expected.replaceAll(/\s|[()]/g, ''));
    expect(findSyntaxError(inlined)).toBeUndefined();
  });

  test('sets the labels of a recording, and takes only the rules that a matcher allows', () => {
    expect(inlineRecordings('slo:ratio{slo=~"f.*"}', recordings)).toBe(
      '(label_replace((vector(1)), "slo", "fast", "", ""))',
    );
    expect(inlineRecordings('slo:ratio{slo="other"}', recordings)).toBe('((vector(0) > 1))');
    expect(inlineRecordings('slo:ratio', recordings)).toContain(' or ');
  });

  test('leaves the name where a recording reads itself', () => {
    expect(inlineRecordings('self > 1', recordings)).toBe('((max(self offset 1m or y))) > 1');
  });

  test.each(['=', '!=', '=~', '!~'])('filters an expression by a matcher with `%s`', (operator) => {
    const inlined = inlineRecordings(`job:rate{job${operator}"a.b"}`, recordings);
    expect(findSyntaxError(inlined)).toBeUndefined();
    expect(inlined).toContain(operator.startsWith('!') ? 'unless on' : 'and on');
    expect(inlined).toContain(operator.endsWith('~') ? '"a.b")' : String.raw`"a\\.b")`);
  });
});

test.each([
  ['slo', '=', String.raw`"\x41"`],
  ['slo', '=~', '"(?i)fast"'],
])('refuses a matcher whose text JavaScript cannot read: %s%s%s', (label, operator, literal) => {
  expect(() => inlineRecordings(`slo:ratio{${label}${operator}${literal}}`, recordings)).toThrow(
    `cannot apply the matcher ${literal} to a recording.`,
  );
});
