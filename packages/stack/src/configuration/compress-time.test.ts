import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { repositoryRoot } from '../state-folder.ts';
import {
  compressAlertmanager,
  compressPrometheus,
  compressRules,
  limitFactor,
} from './compress-time.ts';

const rules = `# Read by Prometheus.
groups:
  - name: http
    interval: 1m
    rules:
      - record: job:errors:rate5m
        expr: rate(errors_total[5m])
      - alert: HighErrorRate
        # Long enough for a deployment.
        expr: job:errors:rate5m > 5
        for: 1h30m
        keep_firing_for: 10s
        labels: { window: 5m }
        annotations: { summary: For 5m. }
`;

describe('compressRules', () => {
  test('divides interval, for, keep_firing_for and the ranges of expr', () => {
    expect(parse(compressRules(rules, 20, 'http.rules.yml'))).toEqual({
      groups: [
        {
          name: 'http',
          interval: '3s',
          rules: [
            { record: 'job:errors:rate5m', expr: 'rate(errors_total[15s])' },
            {
              alert: 'HighErrorRate',
              expr: 'job:errors:rate5m > 5',
              for: '270s',
              keep_firing_for: '500ms',
              labels: { window: '5m' },
              annotations: { summary: 'For 5m.' },
            },
          ],
        },
      ],
    });
  });

  test('names the file and the rule of an expression that does not parse', () => {
    const broken = rules.replace('job:errors:rate5m > 5', 'job:errors:rate5m >');
    expect(() => compressRules(broken, 20, 'http.rules.yml')).toThrow(
      'http.rules.yml, HighErrorRate: Expected PromQL, got a syntax error at line 1, column 20 of the expr.',
    );
  });

  test('takes every shipped rule', () => {
    const folder = join(repositoryRoot, 'monitoring', 'prometheus', 'rules');
    const files = readdirSync(folder).filter((name) => name.endsWith('.rules.yml'));
    for (const file of files) {
      const text = readFileSync(join(folder, file), 'utf8');
      expect(parse(compressRules(text, 20, file)).groups).toHaveLength(parse(text).groups.length);
    }
  });
});

describe('compressPrometheus', () => {
  test('divides intervals, and shrinks a timeout only to the interval', () => {
    const text = `global: { scrape_interval: 15s, scrape_timeout: 5s, evaluation_interval: 5s }
scrape_configs:
  - { job_name: fast, scrape_interval: 5s, scrape_timeout: 4s }
  - { job_name: patient, scrape_interval: 2m, scrape_timeout: 1s }
`;
    expect(parse(compressPrometheus(text, 20))).toEqual({
      global: { scrape_interval: '750ms', scrape_timeout: '750ms', evaluation_interval: '250ms' },
      scrape_configs: [
        { job_name: 'fast', scrape_interval: '250ms', scrape_timeout: '250ms' },
        { job_name: 'patient', scrape_interval: '6s', scrape_timeout: '1s' },
      ],
    });
  });

  test('writes out the defaults that a file leaves to Prometheus', () => {
    expect(parse(compressPrometheus('scrape_configs: []\n', 20)).global).toEqual({
      scrape_interval: '3s',
      evaluation_interval: '3s',
    });
  });
});

test('compressAlertmanager divides the grouping of every route', () => {
  const text = `global: { resolve_timeout: 1m }
route:
  receiver: inbox
  group_wait: 5s
  group_interval: 30s
  repeat_interval: 4h
  routes: [{ receiver: inbox, repeat_interval: 1m, routes: [{ group_wait: 0s }] }]
`;
  expect(parse(compressAlertmanager(text, 20))).toEqual({
    global: { resolve_timeout: '3s' },
    route: {
      receiver: 'inbox',
      group_wait: '250ms',
      group_interval: '1500ms',
      repeat_interval: '720s',
      routes: [{ receiver: 'inbox', repeat_interval: '3s', routes: [{ group_wait: '0s' }] }],
    },
  });
});

test('a factor of one changes not a byte', () => {
  const text = 'groups:   [ ]  # odd\nglobal: {scrape_interval:   1m}\n';
  expect(compressRules(text, 1, 'x')).toBe(text);
  expect(compressPrometheus(text, 1)).toBe(text);
  expect(compressAlertmanager(text, 1)).toBe(text);
});

test.each([
  ['scrape_interval: 15s, evaluation_interval: 5s', 20, 20],
  ['scrape_interval: 15s, evaluation_interval: 5s', 100, 25],
  ['scrape_interval: 100ms, evaluation_interval: 5s', 20, 1],
])(
  'limits the factor so that {%s} by %d is scraped no faster than is sensible',
  (global, wanted, factor) => {
    expect(limitFactor(`global: { ${global} }\n`, wanted)).toBe(factor);
  },
);
