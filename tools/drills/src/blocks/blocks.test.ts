import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import type { Expectation } from '../runbooks/expectation.ts';
import { readExpectation } from '../runbooks/expectation.ts';
import type { Block, BlockType } from '../runbooks/page.ts';
import type { DrillSystem } from '../systems/system.ts';
import { rewriteAddresses } from './addresses.ts';
import { compressLogql, compressPromql } from './compress.ts';
import { meetsExpectation, type Outcome } from './judge.ts';
import { runBlock } from './run-block.ts';

afterAll(removeTemporaryFolders);

const values = (...numbers: number[]): Outcome => ({ kind: 'values', values: numbers, text: '' });
const exit = (code: number, text = ''): Outcome => ({ kind: 'exit', code, text });

test.each<[BlockType, string, Outcome, boolean]>([
  ['promql', 'some', values(0), true],
  ['promql', 'some', values(), false],
  ['promql', 'none', values(), true],
  ['promql', 'any', values(), true],
  ['promql', 'any', { kind: 'error', text: 'parse error' }, false],
  ['promql', '> 0.05', values(0.01, 0.06), true],
  ['promql', '> 0.05', values(0.01), false],
  ['promql', 'all < 0.05', values(0.01, 0.06), false],
  ['promql', 'all < 0.05', values(), false],
  ['promql', 'all < 0.05', values(Number.NaN, 0.01), true],
  ['promql', '> 0', values(Number.NaN), false],
  ['sql', '== 3', values(3), true],
  ['bash', 'exit 0', exit(0), true],
  ['bash', 'exit 0', exit(1), false],
  ['bash', 'any', exit(7), true],
  ['bash', 'contains slow_query', exit(0, 'a slow_query here'), true],
  ['bash', 'contains slow_query', exit(1, 'a slow_query here'), false],
  ['http', '200 contains alive', { kind: 'status', status: 200, text: 'alive' }, true],
  ['http', '200 contains alive', { kind: 'status', status: 200, text: 'late' }, false],
])('%s that expects `%s` of %j is met: %s', (type, expected, outcome, met) => {
  expect(meetsExpectation(readExpectation(type, expected) as Expectation, outcome)).toBe(met);
});

test('compresses durations of queries, and no text', () => {
  expect(compressPromql('rate(x[2m] offset 1h) > 0.5', 10)).toBe('rate(x[12s] offset 360s) > 0.5');
  expect(compressLogql('rate({job="[5m]"} |= `offset 1h` [5m] offset 10m)', 10)).toBe(
    'rate({job="[5m]"} |= `offset 1h` [30s] offset 60s)',
  );
  expect(compressLogql('count_over_time({a="b"}[5m])', 1)).toBe('count_over_time({a="b"}[5m])');
});

const system = {
  mode: 'native',
  timeFactor: 10,
  url: (source: string) => (source === 'oncall' ? 'http://127.0.0.1:40001' : undefined),
  shell: { ON_CALL_MODE: 'native' },
  sql: async (statement: string) => [[statement.includes("'api'") ? 5 : 0, 'api']],
} as unknown as DrillSystem;

test('puts addresses of the drilled system in place of those that people know', () => {
  expect(rewriteAddresses('curl http://localhost:8025/api http://localhost:9999', system)).toBe(
    'curl http://127.0.0.1:40001/api http://localhost:9999',
  );
});

const block = (type: string, code: string, expected: string, on?: string): Block => ({
  ...{ type, code, unknownWords: [], line: 7, section: 'Diagnosis' },
  attributes: { expect: expected, ...(on ? { on } : {}) },
});

test('runs a command with the on-call commands and the labels of the alert', async () => {
  const command = block(
    'bash',
    'type manage >/dev/null && echo "job is $job on $(mode)"',
    'contains job is api on native',
  );
  expect(await runBlock(system, command, { job: 'api' })).toMatchObject({
    verdict: 'met',
    text: 'job is api on native',
  });
});

test('gives a command no label that a shell would obey, or that it does not use', async () => {
  const folder = makeTemporaryFolder('labels');
  const file = join(folder, 'evil.sh');
  writeFileSync(file, 'echo owned\n');
  const hostile = {
    ...{ BASH_ENV: file, ENV: file, PS4: '$(echo owned)', IFS: 'o', PROMPT_COMMAND: file },
    ...{
      PATH: folder,
      LD_PRELOAD: file,
      SHELLOPTS: 'xtrace',
      BASH_FUNC_type: '() { echo owned; }',
    },
    ...{
      ON_CALL_MODE: 'compose',
      _home: folder,
      WATCHKEEPER_HOME: folder,
      unused: 'x',
      job: '$(id)',
    },
  };
  const code = 'echo "$job $(mode) $ON_CALL_MODE" | cat; env; : $PATH $BASH_ENV $_home';
  const { text } = await runBlock(system, block('bash', code, 'any'), hostile);
  expect(text).toMatch(/^\$\(id\) native native\n/);
  for (const word of ['owned', folder, 'unused']) expect(text).not.toContain(word);
});

test('fills the labels into a statement and judges its first column', async () => {
  const statement = block('sql', "SELECT count(*), job FROM x WHERE job = '$job';", '> 4');
  expect(await runBlock(system, statement, { job: 'api' })).toMatchObject({ verdict: 'met' });
});

// PostgreSQL reads `\'` as the end of a string.
test.each(["x'; DROP TABLE users; --", "\\'; --", 'a--', '$$', 'a b', "''"])(
  'hands no database the label %j',
  async (job) => {
    const statement = block('sql', "SELECT count(*) FROM x WHERE job = '$job';", 'any');
    expect(await runBlock(system, statement, { job })).toMatchObject({
      verdict: 'unmet',
      text: 'The value of label `job` is not safe in this query.',
    });
  },
);

test.each([
  [
    'a label that the alert has not',
    block('promql', 'up{job="$job"}', 'some'),
    'unmet',
    /lacks the label `job`/,
  ],
  [
    'another place',
    block('bash', 'docker compose ps', 'any', 'compose'),
    'skipped',
    /only on compose/,
  ],
  [
    'Loki where it does not run',
    block('logql', '{job="x"}', 'some'),
    'skipped',
    /Loki does not run/,
  ],
])('says why a block of %s is not met or skipped', async (_, each, verdict, text) => {
  expect(await runBlock(system, each, {})).toMatchObject({
    verdict,
    text: expect.stringMatching(text),
  });
});
