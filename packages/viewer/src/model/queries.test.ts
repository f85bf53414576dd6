import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { VariableModel } from './dashboard.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { alignRange, stepFor } from './interval.ts';
import { describeRange, parseRange } from './time-range.ts';
import { interpolate, labelValuesQuery, readVariables, resolveChoices } from './variables.ts';

const repositoryRoot = join(import.meta.dirname, '../../../..');
const now = Date.parse('2026-11-21T12:00:00Z');
const hour = 3_600_000;

describe('time', () => {
  test.each([
    ['now-1h', 'now', now - hour, now],
    ['now-24h', 'now-1h', now - 24 * hour, now - hour],
    [String(now - 5_000), String(now), now - 5_000, now],
    ['2026-11-21T10:00:00Z', 'now', now - 2 * hour, now],
    // Nonsense in an address shows the last hour, not an error.
    ['yesterday', 'now', now - hour, now],
    ['now', 'now-1h', now - 2 * hour, now - hour],
  ])('reads %s to %s', (from, to, start, end) => {
    expect(parseRange(from, to, now)).toEqual({ from: start, to: end });
  });

  test('describes a range in words', () => {
    expect(describeRange('now-1h', 'now')).toBe('Last 1 hour');
    expect(describeRange('now-24h', 'now')).toBe('Last 24 hours');
    expect(describeRange('now-1h', 'now-5m')).toBe('Custom range');
  });

  test.each([
    ['30s', 30_000],
    ['500ms', 500],
    ['2d', 172_800_000],
    ['1h30m', 5_400_000],
    ['1x', undefined],
    ['', undefined],
  ])('reads the duration %s', (text, ms) => expect(parseDuration(text)).toBe(ms));
});

describe('steps', () => {
  test.each([
    // Grafana's steps for a panel of that width, with a scrape interval of 5 s.
    [hour, 1_000, 5_000],
    [24 * hour, 1_000, 60_000],
    [7 * 24 * hour, 500, 1_200_000],
  ])('%d ms over %d points has steps of %d ms', (length, points, stepMs) => {
    expect(stepFor({ from: now - length, to: now }, points)).toBe(stepMs);
  });

  test('a range begins and ends at multiples of the step', () => {
    expect(alignRange({ from: 12_345, to: 67_890 }, 5_000)).toEqual({ from: 10_000, to: 65_000 });
  });

  test.each([
    [5_000, '5s'],
    [3_600_000, '3600s'],
    [250, '250ms'],
  ])('writes %d ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe('variables', () => {
  const job: VariableModel = {
    name: 'job',
    type: 'query',
    multi: true,
    includeAll: true,
    allValue: '.+',
    query: { query: 'label_values(up{a="b, c"}, job)' },
    current: { value: '$__all' },
  };
  const text: VariableModel = { name: 'text', type: 'textbox', query: '' };
  const source: VariableModel = { name: 'prometheus', type: 'datasource' };
  const filled = (expression: string, search: string) =>
    interpolate(
      expression,
      resolveChoices(readVariables([source, job, text], new URLSearchParams(search))),
      'regex',
    );

  test.each([
    ['up{job=~"$job"}', '', 'up{job=~".+"}'],
    ['up{job=~"$job"}', 'var-job=$__all', 'up{job=~".+"}'],
    ['up{job=~"$job"}', 'var-job=api', 'up{job=~"api"}'],
    [`up{job=~"\${job}"}`, 'var-job=api&var-job=worker', 'up{job=~"(api|worker)"}'],
    // A dot means a dot, and no value leaves its string.
    ['up{job=~"$job"}', 'var-job=a.b', 'up{job=~"a\\\\.b"}'],
    ['up{job=~"$job"}', 'var-job=a"} or up{b="', 'up{job=~"a\\"\\\\} or up\\\\{b=\\""}'],
    [
      `/d/http?\${job:queryparam}`,
      'var-job=api&var-job=worker',
      '/d/http?var-job=api&var-job=worker',
    ],
    [`/d/http?\${job:queryparam}`, '', '/d/http?var-job=%24__all'],
    ['|= `$text`', 'var-text=order', '|= `order`'],
    // As typed, whichever quote it has in it.
    [`|= \${text:doublequote}`, '', '|= ""'],
    // An unknown variable stays, and shows in the result.
    [`$unknown \${__rate_interval}`, '', `$unknown \${__rate_interval}`],
  ])('%s with ?%s is %s', (expression, search, expected) => {
    expect(filled(expression, search)).toBe(expected);
  });

  test.each([
    "can't",
    'a `tick`',
    String.raw`C:\new\table`,
    '"quoted"',
    String.raw`{"msg":"say \"hi\""}`,
    '\\',
    `$job \${job}`,
    'tab\tand line\nbreak',
    '100% | json | x != "" # `',
    'ünïcödé ☃ 😀',
    '.*',
  ])('the Logs dashboard looks for %s as typed', (typed) => {
    const { panels } = JSON.parse(
      readFileSync(join(repositoryRoot, 'monitoring/grafana/dashboards/logs.json'), 'utf8'),
    ) as { panels: { title: string; targets: { expr: string }[] }[] };
    const expression = panels.find(({ title }) => title === 'Log lines')?.targets[0]?.expr ?? '';
    const query = filled(expression, String(new URLSearchParams({ 'var-text': typed })));
    const [, literal = ''] = /\|= (".*")$/s.exec(query) ?? [];
    expect(JSON.parse(literal)).toBe(typed);
  });

  test.each(["can't", 'a"b', 'line\nbreak', String.raw`a\b`, 'a.b|c', '`'])(
    'the job %s matches itself alone',
    (job) => {
      const query = filled('"$job"', String(new URLSearchParams({ 'var-job': job })));
      const expression = new RegExp(`^(?:${JSON.parse(query)})$`);
      expect(expression.test(job)).toBe(true);
      expect(expression.test('aXbc')).toBe(false);
    },
  );

  test('queries the values of a label as Grafana does', () => {
    expect(labelValuesQuery(job)).toEqual({ series: 'up{a="b, c"}', label: 'job' });
    expect(labelValuesQuery({ ...job, query: 'query_result(up)' })).toBeUndefined();
  });
});
