import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { frontMatter } from '@watchkeeper/drills/runbooks/front-matter';
import { readPage } from '@watchkeeper/drills/runbooks/page';
import { repositoryRoot } from '@watchkeeper/stack';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { runbooksCheck } from './runbooks-check.ts';

const repository = repositoryRoot;
const page = 'runbooks/HighErrorRate.md';
let root: string;

beforeEach(() => {
  root = makeTemporaryFolder('runbooks');
  // The rules, and what drills change.
  const configured = ['prometheus', 'loki', 'jaeger', 'alertmanager', 'promtail', 'backup'];
  for (const folder of ['runbooks', ...configured.map((name) => `monitoring/${name}`)]) {
    cpSync(join(repository, folder), join(root, folder), { recursive: true });
  }
});

afterEach(removeTemporaryFolders);

/** Changes the page and answers the number of the line where the change begins. */
function edit(from: string | RegExp, to: string): number {
  const path = join(root, page);
  const text = readFileSync(path, 'utf8');
  const edited = text.replace(from, to);
  expect(edited).not.toBe(text);
  writeFileSync(path, edited);
  const at = [...text].findIndex((character, index) => character !== edited[index]);
  return text.slice(0, at).split('\n').length;
}

test('accepts the repository as it is', async () => {
  expect(await runbooksCheck.run(root)).toEqual([]);
});

test('offers a template with a valid drill', () => {
  const { drill } = readPage(readFileSync(join(repository, 'runbooks/_template.md'), 'utf8'))
    .frontMatter as { drill: unknown };
  expect(frontMatter.shape.drill.parse(drill)).toMatchObject({ sql: [{ undo: [] }] });
});

test('refuses a drill that replaces a text missing in the shipped file', async () => {
  const path = join(root, 'monitoring/jaeger/jaeger.yml');
  writeFileSync(path, readFileSync(path, 'utf8').replace(/spike_limit_percentage: \d+/, ''));
  expect(await runbooksCheck.run(root)).toEqual([
    expect.stringMatching(
      /^runbooks\/JaegerRefusingSpans\.md:1: `drill`: Expected `spike_.*` once in monitoring\/jaeger/,
    ),
  ]);
});

test('refuses an alert without a page and a page without an alert', async () => {
  renameSync(join(root, page), join(root, 'runbooks/ManyErrors.md'));
  expect(await runbooksCheck.run(root)).toEqual([
    'runbooks/ManyErrors.md: there is no alert of this name. Delete the page or add the rule.',
    'monitoring/prometheus/rules/http.rules.yml: `HighErrorRate` has no page. Copy runbooks/_template.md.',
  ]);
});

test.each([
  ['severity: critical', 'severity: warning', 'expected `severity: critical` as in the rule'],
  ['symptom: failing', 'symptom: bad', '`symptom`: Invalid option'],
  ['errors: {', 'mistakes: {', '`drill`: expected a fault of api ('],
  ['share: 0.3', 'share: 3', '`drill`: `errors.share`: Too big'],
  ['app: api', 'app: shop', '`drill`: expected an app of gateway, api,'],
  [
    'also: [PaymentCaptureErrors',
    'also: [PaymentCapture',
    '`drill`: expected an alert besides HighErrorRate',
  ],
  [/drill:\n( {2}.*\n)+/, 'drill:\n  also: []\n', '`drill`: '],
])('refuses front matter in which %j became %j', async (from, to, message) => {
  edit(from, to);
  expect((await runbooksCheck.run(root)).join('\n')).toContain(`${page}:1: ${message}`);
});

test.each([
  ['# HighErrorRate', '# High error rate', ': expected the heading `# HighErrorRate`.'],
  ['Severity critical ·', 'Critical ·', ': expected the line `Severity critical · [rule]('],
  ['## Recovery', '## After', ': expected a section `## Recovery` with text.'],
  [/## Impact\n\n.*\n.*\n/, '## Impact\n\n', ': expected a section `## Impact` with text.'],
])('refuses a page in which %j became %j', async (from, to, message) => {
  edit(from, to);
  expect((await runbooksCheck.run(root)).join('\n')).toContain(`${page}${message}`);
});

test.each([
  ['```promql expect="> 0"', '```', 'expected a block of promql, logql, sql, bash, http, got ``'],
  ['```promql expect="> 0"', '```promql', 'expected `expect=` to be `some`, `none`, `any`,'],
  ['expect="> 0"', 'expect="many"', 'expected `expect=` to be `some`, `none`, `any`,'],
  ['expect="> 0"', 'expect="> 0" once', 'expected `expect=` and `on=` after `promql`, got `once`'],
  ['promql expect="> 0"', 'sql expect="> 0"', 'the sql block expected a semicolon at its end'],
  ['promql expect="> 0"', 'logql expect=some', 'the logql block expected the labels service,'],
  ['promql expect="> 0"', 'promql on=docker expect="> 0"', 'expected `on=` to be of compose,'],
])('refuses a block in which %j became %j, and names its line', async (from, to, message) => {
  const line = edit(from, to);
  expect((await runbooksCheck.run(root)).join('\n')).toContain(`${page}:${line}: ${message}`);
});

test.each([
  [
    'topk(5, sum',
    'topk(5,, sum',
    'the promql block does not parse as PromQL at its line 1, column',
  ],
  ['{job="$job", status', '{job="$jobs", status', 'expected a variable of job, instance,'],
  ['| tail -n 3', '| tail -n 3 |', 'the bash block does not parse as bash: '],
  ['restart "$job"', 'docker compose restart "$job"', 'has a command of compose alone.'],
])('refuses code in which %j became %j', async (from, to, message) => {
  edit(from, to);
  const problems = (await runbooksCheck.run(root)).join('\n');
  expect(problems).toMatch(new RegExp(`^${page.replace('.', '\\.')}:\\d+: `, 'm'));
  expect(problems).toContain(message);
});

test('refuses to investigate, and names the line', async () => {
  const line = edit('Which routes fail, and', 'Investigate which routes fail, and');
  expect(await runbooksCheck.run(root)).toEqual([
    `${page}:${line}: says to investigate. Say which query or command, and what it shows.`,
  ]);
});

test('refuses an alert without a drill that is not about a host', async () => {
  edit(/drill:\n( {2}.*\n)+/, 'drill:\n  exempt: somebody had no time to think of a drill\n');
  expect((await runbooksCheck.run(root)).join('\n')).toContain(
    'runbooks/HighErrorRate.md:1: `drill`: expected a drill. Only alerts of host, monitoring, edge may be exempt.',
  );
});
