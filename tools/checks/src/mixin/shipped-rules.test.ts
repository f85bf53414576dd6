import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { parser } from '@prometheus-io/lezer-promql';
import { repositoryRoot } from '@watchkeeper/stack';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { parse } from 'yaml';
import { listFiles } from '../repository/list-files.ts';
import { ruleFiles } from './rule-files.ts';

const templates = 'monitoring/prometheus/templates';
const marker = 'marked="yes"';

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

function rulesIn(text: string): Rule[] {
  const { groups } = parse(text) as { groups: { rules: Rule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** The vector selectors of an expression, as written. */
function readsOf(expression: string): string[] {
  const reads: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ node }) => {
      if (node.name === 'VectorSelector') reads.push(expression.slice(node.from, node.to));
    },
  });
  return reads;
}

/** The numbers and durations of an expression. */
function numbersOf(expression: string): string[] {
  const numbers: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ node }) => {
      if (!node.name.startsWith('NumberDurationLiteral')) return;
      numbers.push(expression.slice(node.from, node.to));
    },
  });
  return numbers;
}

afterAll(removeTemporaryFolders);

test('every read of a metric carries a selector', () => {
  const root = makeTemporaryFolder('selectors');
  cpSync(join(repositoryRoot, 'monitoring'), join(root, 'monitoring'), {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  });
  for (const file of listFiles(root, 'monitoring/config', '.yml')) {
    const text = readFileSync(join(root, file), 'utf8');
    const [head = '', ...rest] = text.split('alerts:');
    const marked = head.replace(/^( {2}[a-zA-Z]+: )('|\w+!?[=~]).*$/gm, `$1${marker}`);
    writeFileSync(join(root, file), [marked, ...rest].join('alerts:'));
  }
  const unmarked = ruleFiles(root)
    .filter(({ path }) => path.includes('prometheus') && !path.endsWith('slo.rules.yml'))
    .flatMap(({ path, content }) =>
      rulesIn(content)
        .flatMap(({ expr }) => readsOf(expr))
        // A recording was selected when it was made.
        .filter((read) => !/^\w*:/.test(read) && !read.includes(marker))
        .map((read) => `${path}: ${read}`),
    );
  expect(unmarked).toEqual([]);
});

// Conversions, "none", and the window of the recordings, which are named after it.
const arithmetic = ['0', '1', '60', '300', '3600', '2m'];
// What a state or a median is, and the looks at a disk of three hours or one, which depend on each
// other.
const definitions: Readonly<Record<string, readonly string[]>> = {
  CircuitBreakerOpen: ['2'],
  EventLoopBlocked: ['0.5'],
  HostDiskNearlyFull: ['0.6', '15m', '1h', '5m', '9'],
  HostDiskFilling: ['30m', '2h', '1h', '0.4', '3h', '15m', '5m', '27'],
  TargetVanished: ['0.5'],
};

test.each(listFiles(repositoryRoot, templates, '.rules.yml'))(
  '%s has no limit, floor, share or window of an alert of its own',
  (file) => {
    const numbers = rulesIn(readFileSync(join(repositoryRoot, file), 'utf8')).flatMap(
      ({ alert, expr }) => {
        if (alert === undefined) return [];
        const allowed = [...arithmetic, ...(definitions[alert] ?? [])];
        return numbersOf(withoutPlaceholders(expr))
          .filter((number) => !allowed.includes(number))
          .map((number) => `${alert}: ${number}`);
      },
    );
    expect(numbers).toEqual([]);
  },
);

test('no text of an alert repeats an amount that is a value', () => {
  const amount = /\b\d[\d.]*\s?(%|ms|[smhd]|[KMGT]iB)(?!\w)/;
  const repeated = listFiles(repositoryRoot, templates, '.rules.yml').flatMap((file) =>
    rulesIn(readFileSync(join(repositoryRoot, file), 'utf8')).flatMap(
      ({ alert, annotations = {} }) =>
        Object.values(annotations)
          .filter((text) => amount.test(text))
          .map((text) => `${alert}: ${text}`),
    ),
  );
  expect(repeated).toEqual([]);
});

/** The expression with 1 for each value, without matchers and comments. */
function withoutPlaceholders(expression: string): string {
  return expression
    .replace(/\$\{\w+\}/g, '1')
    .replace(/"[^"]*"/g, '')
    .replace(/#.*/g, '')
    .replace(/\{[^}]*\}/g, '');
}

test('Prometheus and Loki load the rules, and neither templates nor values', () => {
  const read = (file: string) => readFileSync(join(repositoryRoot, file), 'utf8');
  expect(parse(read('monitoring/prometheus/prometheus.yml')).rule_files).toEqual([
    'rules/*.rules.yml',
  ]);
  expect(parse(read('monitoring/loki/loki.yml')).ruler.storage.local.directory).toMatch(/\/rules$/);
  const compose = listFiles(repositoryRoot, '.', '.yml').filter((file) => /compose/.test(file));
  expect(compose.length).toBeGreaterThan(1);
  for (const file of compose) expect(read(file)).not.toMatch(/monitoring\/config|\/templates/);
});
