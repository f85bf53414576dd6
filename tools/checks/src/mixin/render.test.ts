import { expect, test } from '@jest/globals';
import { isAmount, toNumber, toPromql } from './amount.ts';
import type { GroupConfig } from './config.ts';
import { renderRules } from './render.ts';

test.each([
  [3, 3],
  [0.04, 0.04],
  ['70%', 0.7],
  ['99.5%', 0.995],
  ['0%', 0],
  ['100ms', 0.1],
  ['90s', 90],
  ['1h30m', 5_400],
  ['24h', 86_400],
  ['1KiB', 1_024],
  ['1.5GiB', 1_610_612_736],
])('reads %j as %d', (amount, value) => {
  expect(toNumber(amount)).toBe(value);
});

test.each(['', '5 %', '-1%', '1GB', 'fast', '1.5h', '10', '1e3', Number.NaN])(
  'refuses %j as an amount',
  (amount) => {
    expect(isAmount(amount)).toBe(false);
  },
);

test.each([
  ['5m', 'rate(x[', '5m'],
  ['5m', 'x[1h:', '5m'],
  ['5m', 'x offset ', '5m'],
  ['5m', 'x offset -', '5m'],
  ['5m', 'rate(x[5m]) > ', '300'],
  ['5m', 'x{a="b"} > ', '300'],
  ['70%', 'x > ', '0.7'],
  ['1GiB', 'x > ', '1073741824'],
  [10, 'x > ', '10'],
  ['2s', 'x{le="', '2.0'],
  ['100ms', 'x{le="', '0.1'],
  [1_000_000, 'x{le="', '1e+06'],
  [250_000, 'x{le="', '250000.0'],
  ['1MiB', 'x{le="', '1.048576e+06'],
  [0.0001, 'x{le="', '0.0001'],
  [0.00001, 'x{le="', '1e-05'],
  ['2s', 'x{le="1.0", title="', '2s'],
  ['2s', 'x{scale="', '2s'],
])('writes %j behind `%s` as `%s`', (amount, before, text) => {
  expect(toPromql(amount, before)).toBe(text);
});

const template = `# At \${limit} in general.
groups:
  - name: shop
    rules:
      - record: job:errors:rate2m
        expr: sum by (job) (rate(errors_total{\${services}}[2m]))
      - alert: Errors
        expr: |
          # \${limit} of \${window}, "as ever".
          sum(rate(errors_total{kind="#1", \${services}}[\${window}])) > \${limit} # \${limit}

          and x{le="\${window}"} offset \${window} > \${window}
        labels:
          component: shop
        annotations:
          description: '{{ $value }} within \${window}, for \${for}; the limit is \${limit}.'
          dashboard: http
      - alert: Silent
        expr: vector(1)
        labels:
          component: shop
`;
const config: GroupConfig = {
  selectors: { services: '' },
  values: { limit: '5%' },
  alerts: {
    Errors: { severity: 'critical', for: '1m', window: '2m' },
    Silent: { severity: 'none' },
  },
};

function render(change: Partial<GroupConfig> = {}, text = template): string {
  return renderRules({
    templateFile: 'shop.rules.yml',
    configFile: 'shop.yml',
    template: text,
    config: { ...config, ...change },
    severities: { critical: { keepFiringFor: '5m' }, warning: {}, info: {}, none: {} },
    addresses: { runbooks: 'http://r', dashboards: 'http://d' },
  });
}

test('writes amounts as their place needs them, and what every alert has', () => {
  expect(render()).toBe(`# At 5% in general.
groups:
  - name: shop
    rules:
      - record: job:errors:rate2m
        expr: sum by (job) (rate(errors_total[2m]))
      - alert: Errors
        expr: |
          # 5% of 2m, "as ever".
          sum(rate(errors_total{kind="#1"}[2m])) > 0.05 # 5%

          and x{le="120.0"} offset 2m > 120
        for: 1m
        keep_firing_for: 5m
        labels:
          severity: critical
          component: shop
        annotations:
          description: '{{ $value }} within 2m, for 1m; the limit is 5%.'
          runbook_url: http://r/Errors
          dashboard_url: http://d/http
      - alert: Silent
        expr: vector(1)
        labels:
          severity: none
          component: shop
`);
});

test("an alert's own value and time go before those of the file and of its severity", () => {
  const Errors = {
    severity: 'critical',
    window: '2m',
    for: '1m',
    limit: 7,
    keepFiringFor: '1h',
  } as const;
  const rules = render({ alerts: { ...config.alerts, Errors } });
  expect(rules).toContain('# At 5% in general.');
  expect(rules).toContain('> 7 # 7');
  expect(rules).toContain('keep_firing_for: 1h');
});

test.each([
  ['namespace="shop"', '{namespace="shop"}', '{kind="#1", namespace="shop"}'],
  ['a="{1,}", b=~"x|y"', '{a="{1,}", b=~"x|y"}', '{kind="#1", a="{1,}", b=~"x|y"}'],
])('a selector of %s goes into every read', (services, alone, beside) => {
  const rules = render({ selectors: { services } });
  expect(rules).toContain(`rate(errors_total${alone}[2m])`);
  expect(rules).toContain(`rate(errors_total${beside}[2m])`);
});

test.each([
  [`x{\${a}}`, 'x'],
  [`x{\${a}, \${b}}`, 'x'],
  [`x{\${a}, le="1.0"}`, 'x{le="1.0"}'],
  [`x{le="1.0", \${a}, \${b}}`, 'x{le="1.0"}'],
  [`x{code=~"5{2,}", \${b}, \${a}}`, 'x{code=~"5{2,}"}'],
])('empty selectors leave nothing of `%s` but `%s`', (expression, expected) => {
  const text = `groups:\n  - rules:\n      - record: x\n        expr: ${expression} + y{\${a}} + y{\${b}}\n`;
  const selectors = { a: '', b: '' };
  expect(render({ selectors, values: {}, alerts: {} }, text)).toContain(
    `expr: ${expected} + y + y`,
  );
});

test('names every value that is missing, and every one that is never read', () => {
  const alerts = {
    Errors: { severity: 'critical', windows: '2m' },
    Other: { severity: 'none' },
  } as const;
  expect(() => render({ values: { limits: '5%' }, alerts })).toThrow(
    [
      'shop.yml: expected a value `values.limit`, which shop.rules.yml reads. Add it.',
      'shop.yml: expected a value `alerts.Errors.limit`, which shop.rules.yml reads. Add it.',
      'shop.yml: expected a value `alerts.Errors.window`, which shop.rules.yml reads. Add it.',
      'shop.yml: expected a value `alerts.Errors.for`, which shop.rules.yml reads. Add it.',
      'shop.yml: expected a value `alerts.Silent`, which shop.rules.yml reads. Add it.',
      'shop.yml: `values.limits` is read nowhere in shop.rules.yml. Remove it.',
      'shop.yml: `alerts.Errors.windows` is read nowhere in shop.rules.yml. Remove it.',
      'shop.yml: `alerts.Other` is read nowhere in shop.rules.yml. Remove it.',
    ].join('\n'),
  );
});
