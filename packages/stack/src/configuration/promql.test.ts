import { describe, expect, test } from '@jest/globals';
import { compressExpression } from './promql.ts';

describe('compressExpression', () => {
  test.each([
    ['rate(m[5m])', 'rate(m[15s])'],
    ['rate(m[1h30m])', 'rate(m[270s])'],
    ['rate(m[1m]) / rate(m[10s])', 'rate(m[3s]) / rate(m[500ms])'],
    ['max_over_time(rate(m[5m])[1h:30s])', 'max_over_time(rate(m[15s])[180s:1500ms])'],
    ['max_over_time(m[1h:])', 'max_over_time(m[180s:])'],
    ['m offset 5m', 'm offset 15s'],
    ['m offset -5m', 'm offset -15s'],
    ['rate(m[5m] offset 1h)', 'rate(m[15s] offset 180s)'],
    ['rate(m[300])', 'rate(m[15s])'],
    ['rate(m[2 * 5m])', 'rate(m[(2 * 5m) / 20])'],
    ['rate(m[1ms])', 'rate(m[1ms])'],
  ])('divides the durations of %s', (expression, compressed) => {
    expect(compressExpression(expression, 20)).toBe(compressed);
  });

  test.each([
    'job:http_requests:rate5m > 5',
    'm{window="5m", le="0.5"}',
    'm{path=~"/x[5m]|y offset 5m"}',
    "label_replace(m, 'to', '$1', 'from', '[5m]')",
    'm @ 1600000000',
    'm @ end()',
    'time() - m > 300',
    'm # over [5m], offset 1h',
    '# rate(m[5m])\nm',
    'predict_linear_total > 86400',
    '{"name.5m"}',
  ])('leaves %s as it is', (expression) => {
    expect(compressExpression(expression, 20)).toBe(expression);
  });

  test('keeps the comments and the lines of an expression', () => {
    const expression = '# [5m]\nrate(m{a="[5m]"}[5m]) # 5m\n  > 0.05\n';
    expect(compressExpression(expression, 20)).toBe(
      '# [5m]\nrate(m{a="[5m]"}[15s]) # 5m\n  > 0.05\n',
    );
  });

  test.each([
    ['sum(', 'line 1, column 5'],
    ['sum(m)\n  > > 1', 'line 2, column 5'],
    ['m offset 1.5m', 'line 1, column 13'],
  ])('refuses %j and names the position', (expression, position) => {
    expect(() => compressExpression(expression, 20)).toThrow(
      `Expected PromQL, got a syntax error at ${position} of the expr.`,
    );
  });
});
