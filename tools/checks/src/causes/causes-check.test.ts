import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { repositoryRoot } from '@watchkeeper/stack';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { causesCheck } from './causes-check.ts';
import { inhibitRules } from './inhibitions.ts';
import { readSystems } from './systems.ts';
import { readCauses } from './table.ts';

let root: string;

beforeEach(() => {
  root = makeTemporaryFolder('causes');
  for (const folder of ['config', 'prometheus/rules', 'loki/rules']) {
    const inside = join('monitoring', folder);
    cpSync(join(repositoryRoot, inside), join(root, inside), { recursive: true });
  }
});

afterEach(removeTemporaryFolders);

const file = 'monitoring/config/causes.yml';

function writeCauses(...pairs: object[]): void {
  const causes = pairs.map((pair) => ({ equal: ['job'], why: 'So.', ...pair }));
  const never = ['LedgerInvariantViolated', 'Watchdog'];
  writeFileSync(join(root, file), JSON.stringify({ never, causes }));
}

/** Writes the table of one pair and checks it. */
function problemsOf(cause: string, symptom: string, more: object = {}) {
  writeCauses({ cause, explains: [symptom], ...more });
  return causesCheck.run(root);
}

test('accepts the shipped table', async () => {
  expect(await causesCheck.run(root)).toEqual([]);
});

test('refuses an alert that there is not', async () => {
  expect(await problemsOf('ServiceGone', 'HighErrorRate')).toEqual([
    `${file}: no rule has the alert \`ServiceGone\`. Correct the name, or remove it.`,
  ]);
  expect(await problemsOf('ServiceDown', 'HighErrorRates')).toHaveLength(1);
});

test.each(['LedgerInvariantViolated', 'Watchdog'])('refuses to mute %s', async (symptom) => {
  expect(await problemsOf('ServiceDown', symptom, { equal: [] })).toEqual([
    `${file}: \`ServiceDown\` explains \`${symptom}\`: it is in \`never\`. Remove it from one of them.`,
  ]);
});

test('refuses a cause that fewer people are told of than of the symptom', async () => {
  expect(await problemsOf('InstanceDown', 'HighErrorRate')).toEqual([
    `${file}: \`InstanceDown\` explains \`HighErrorRate\`: expected the cause to be at least \`critical\`, got \`warning\`: what is left would tell too few people.`,
  ]);
});

test.each([
  // Whole services: no instance.
  ['ServiceDown', 'EventLoopBlocked', ['instance'], 'instance', 'ServiceDown'],
  ['DatabasePoolExhausted', 'HighErrorRate', ['instance'], 'instance', 'HighErrorRate'],
  // The system and the database of an alert are those of its job.
  ['PostgresDown', 'LogIngestionStopped', ['database'], 'job', 'LogIngestionStopped'],
  ['PostgresDown', 'LogIngestionStopped', ['system'], 'job', 'LogIngestionStopped'],
  // LogQL, where only the labels that the rule sets count.
  ['ServiceDown', 'ErrorLogSurge', ['job', 'handler'], 'handler', 'ServiceDown'],
])(
  'refuses %s for %s by %j: without a label all would be the same',
  async (cause, symptom, equal, label, lacking) => {
    expect(await problemsOf(cause, symptom, { equal })).toEqual([
      expect.stringContaining(
        `expected both to have the label \`${label}\`, got none of \`${lacking}\``,
      ),
    ]);
  },
);

test('refuses dependents of an alert without a job', async () => {
  const of = { of: 'dependents', equal: undefined };
  expect(await problemsOf('ServiceDown', 'LogIngestionStopped', of)).toEqual([
    expect.stringContaining('expected both to have the label `job`'),
  ]);
});

test('refuses a cycle, by its shortest way', async () => {
  writeCauses(
    { cause: 'HighErrorRate', explains: ['ErrorBudgetBurnFast'] },
    { cause: 'ErrorBudgetBurnFast', explains: ['HighLatency', 'PaymentCaptureErrors'] },
    { cause: 'PaymentCaptureErrors', explains: ['HighErrorRate'] },
  );
  expect(await causesCheck.run(root)).toEqual([
    `${file}: expected no cycle, got \`ErrorBudgetBurnFast\` → \`PaymentCaptureErrors\` → \`HighErrorRate\` → \`ErrorBudgetBurnFast\`: together they would mute each other, and nobody would be told. Remove one of the pairs.`,
  ]);
  expect(await problemsOf('HighErrorRate', 'HighErrorRate')).toHaveLength(1);
});

test.each([
  [{ cause: 'serviceDown' }, 'Expected the name of an alert'],
  [{ cause: 'ServiceDown{job=api}' }, 'Expected the name of an alert'],
  [{ equal: undefined }, 'Expected either `equal`'],
  [{ of: 'dependents' }, 'Expected either `equal`'],
  [{ explains: [] }, 'Too small'],
])('refuses the pair %j', (pair, problem) => {
  writeCauses({ cause: 'ServiceDown', explains: ['HighErrorRate'], ...pair });
  expect(() => readCauses(root)).toThrow(problem);
});

function writeSystems(jobs: object): void {
  writeFileSync(join(root, 'monitoring/config/systems.yml'), JSON.stringify({ jobs }));
}

test('a job depends on the database of what it needs, and mutes who needs it', () => {
  writeSystems({
    edge: { system: 'shop', needs: ['orders'] },
    orders: { system: 'shop', needs: ['stock.v2'] },
    'stock.v2': { system: 'shop', database: 'stock' },
  });
  const systems = readSystems(root);
  expect(systems.labelsOf('edge')).toEqual({ system: 'shop', database: 'stock' });
  expect(systems.labelsOf('elsewhere')).toEqual({ system: 'elsewhere' });
  writeCauses({
    ...{ cause: 'ServiceDown', explains: ['HighErrorRate', 'HighLatency'] },
    ...{ equal: undefined, of: 'dependents' },
  });
  expect(inhibitRules(readCauses(root), systems)).toBe(`  # So.
  - source_matchers: ['alertname="ServiceDown"', 'job="orders"']
    target_matchers: ['alertname=~"HighErrorRate|HighLatency"', 'job=~"edge"']
  - source_matchers: ['alertname="ServiceDown"', 'job="stock.v2"']
    target_matchers: ['alertname=~"HighErrorRate|HighLatency"', 'job=~"edge|orders"']
`);
});

test('a cause whose job has no database mutes by it nothing', () => {
  writeCauses({ cause: 'PostgresDown', explains: ['HighErrorRate'], equal: ['database'] });
  expect(inhibitRules(readCauses(root), readSystems(root))).toBe(`  # So.
  - source_matchers: ['alertname="PostgresDown"', 'database!=""']
    target_matchers: ['alertname="HighErrorRate"']
    equal: [database]
`);
});

test('refuses a job that needs two databases, and one that needs an unknown job', () => {
  writeSystems({
    a: { system: 's', database: 'x', needs: ['b'] },
    b: { system: 's', database: 'y' },
  });
  expect(() => readSystems(root)).toThrow('`jobs.a`: expected one database');
  writeSystems({ a: { system: 's', needs: ['b'] } });
  expect(() => readSystems(root)).toThrow('expected jobs of this file, got `b`');
});

test('the shipped Alertmanager has the inhibitions of the table', () => {
  const path = join(repositoryRoot, 'monitoring/alertmanager/alertmanager.yml');
  const rules = inhibitRules(readCauses(root), readSystems(root));
  expect(readFileSync(path, 'utf8')).toContain(`inhibit_rules:\n`);
  expect(readFileSync(path, 'utf8')).toContain(rules);
});
