import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { knownLabelNames, knownMetricNames } from '@watchkeeper/checks/names/known-names';
import { namesIn } from '@watchkeeper/checks/names/promql';
import { readPage } from '@watchkeeper/drills/runbooks/page';
import { pageNames } from '@watchkeeper/drills/runbooks/page-names';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');
const rulesFolder = join(root, 'monitoring/prometheus/rules');

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
}

function readRules(): (Rule & { file: string })[] {
  const files = readdirSync(rulesFolder).filter((file) => file.endsWith('.rules.yml'));
  return files.flatMap((file) => {
    const { groups } = parse(readFileSync(join(rulesFolder, file), 'utf8')) as {
      groups: { rules: Rule[] }[];
    };
    return groups.flatMap((group) => group.rules.map((rule) => ({ ...rule, file })));
  });
}

function readRunbookQueries(): { page: string; query: string }[] {
  return pageNames(root).flatMap((page) => {
    const { blocks } = readPage(readFileSync(join(root, 'runbooks', `${page}.md`), 'utf8'));
    return blocks
      .filter(({ type }) => type === 'promql')
      .map(({ code, line }) => ({ page: `${page}.md:${line}`, query: code }));
  });
}

const rules = readRules();
const recorded = new Set(rules.flatMap(({ record }) => (record === undefined ? [] : [record])));
const known = knownMetricNames();
const knownLabels = knownLabelNames();

function strangersIn(expression: string): string[] {
  const { metrics, labels, problem } = namesIn(expression);
  const isKnown = (name: string) => known.has(name) || recorded.has(name);
  return [
    ...(problem === undefined ? [] : [problem]),
    ...metrics.filter((name) => !isKnown(name)),
    ...labels.filter((name) => !knownLabels.has(name)),
  ];
}

describe('every rule uses only existing names', () => {
  test.each(rules.map((rule) => [rule.file, rule.alert ?? rule.record, rule.expr]))(
    '%s %s',
    (_file, _name, expression) => {
      expect(strangersIn(String(expression))).toEqual([]);
    },
  );
});

describe('every query of a runbook uses only existing names', () => {
  test.each(readRunbookQueries().map(({ page, query }) => [page, query.trim()]))(
    '%s: %s',
    (_page, query) => {
      expect(strangersIn(query)).toEqual([]);
    },
  );
});

test.each([
  ['rate(http_requests_totall[5m])', ['http_requests_totall']],
  ['sum by (rout) (http_requests_total)', ['rout']],
  ['sum(', [expect.stringContaining('syntax error')]],
])('finds the stranger in %s', (expression, strangers) => {
  expect(strangersIn(expression)).toEqual(strangers);
});

test('uses rate and never increase, so that a rule means the same in a shorter window', () => {
  expect(rules.filter(({ expr }) => /\bincrease\s*\(/.test(expr)).map(({ file }) => file)).toEqual(
    [],
  );
});

// The old names of renamed metrics follow the rule for metrics.
const renamed = rules.filter(({ file }) => file === 'renamed.rules.yml');

describe('every recording rule is named by level, metric and operations', () => {
  const oldNames = new Set(renamed.map(({ record }) => record));
  test.each([...recorded].filter((name) => !oldNames.has(name)))('%s', (name) => {
    expect(name).toMatch(/^[a-z_]+:[a-z0-9_]+:[a-z0-9_]+$/);
  });
});

describe('every old name of a metric records the new one unchanged', () => {
  test.each(renamed.map(({ record, expr }) => [record, expr]))('%s is %s', (record, expr) => {
    expect(known.has(String(record))).toBe(false);
    expect(known.has(String(expr))).toBe(true);
  });
});
