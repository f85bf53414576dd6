import { expect, test } from '@jest/globals';
import { repositoryRoot } from '@watchkeeper/stack';
import { type Measurements, mergeMeasurements } from '../run/measurements.ts';
import type { DrillSystem } from '../systems/system.ts';
import { parseDrillArguments } from './arguments.ts';
import { parseGamedayArguments } from './gameday.ts';
import { formatGamedayResult } from './gameday-result.ts';
import { formatMeasurements } from './measurements-table.ts';
import { splitIntoSteps } from './page-steps.ts';
import { parseRunbookArguments, walkRunbook } from './walk-runbook.ts';

test('reads the arguments of a drill', () => {
  expect(parseDrillArguments(['HighErrorRate'])).toEqual({ action: 'one', name: 'HighErrorRate' });
  expect(parseDrillArguments(['--all', '--compressed', '--json', 'x.json'])).toEqual({
    ...{ action: 'all', timeFactor: 'default', files: ['x.json'] },
  });
  expect(parseDrillArguments(['HighErrorRate', '--compressed', '5'])).toMatchObject({
    timeFactor: 5,
  });
});

test('reads a part of the drills, and the files of several', () => {
  expect(parseDrillArguments(['--all', '--part', '2/3'])).toEqual({
    ...{ action: 'all', part: { number: 2, count: 3 } },
  });
  expect(parseDrillArguments(['--table', 'a.json', 'b.json'])).toEqual({
    ...{ action: 'table', files: ['a.json', 'b.json'] },
  });
});

test.each([
  [[], 'Expected the name of an alert, or `--all`.'],
  [['--al'], 'Unknown flag `--al`. Did you mean `--all`?'],
  [['One', 'Two'], 'Expected one alert, got `Two` too.'],
  [['One', '--all'], 'Expected one action only.'],
  [['One', '--compressed', '26'], 'Expected a factor from 1 to 25, got `26`.'],
  [['One', '--part', '1/2'], 'Expected `--part` with `--all` only.'],
  [['--all', '--part', '3/2'], 'Expected a part such as `1/2`, got `3/2`.'],
  [['--all', '--json'], "Option '--json <value>' argument missing."],
])('refuses drill %j with the usage', (words, message) => {
  expect(() => parseDrillArguments(words)).toThrow(`${message}\nUsage: npm run drill`);
});

test.each([
  [[], 'Expected the name of an alert.'],
  [['One', '--lable', 'x'], 'Unknown flag `--lable`. Did you mean `--label`?'],
  [['One', '--label', 'job'], 'Expected a label such as `job=api`, got `job`.'],
])('refuses runbook %j with the usage', (words, message) => {
  expect(() => parseRunbookArguments(words)).toThrow(`${message}\nUsage: npm run runbook`);
});

test.each([
  [['--minutes', '0'], 'Expected minutes from 1 to 55, got `0`.'],
  [['--minuts', '3'], 'Unknown flag `--minuts`. Did you mean `--minutes`?'],
])('refuses gameday %j with the usage', (words, message) => {
  expect(() => parseGamedayArguments(words)).toThrow(`${message}\nUsage: npm run gameday`);
});

const page = [
  ...['---', 'x: 1', '---', '# One', '', '## Meaning', '', 'Words.', '', '## Diagnosis', ''],
  ...['1. Which?', '', '   ```bash expect="exit 0"', '   true', '   ```', '', '   Go on.'],
].join('\n');

test('splits a page into steps at each block and section', () => {
  expect(splitIntoSteps(page)).toMatchObject([
    { heading: 'Meaning', text: 'Words.' },
    { heading: 'Diagnosis', text: '1. Which?', block: { code: 'true' } },
    { text: 'Go on.' },
  ]);
});

test('walks a page: runs on Enter, skips on s, quits on q', async () => {
  const root = repositoryRoot;
  const ran: string[] = [];
  const system = {
    mode: 'native',
    timeFactor: 1,
    url: () => undefined,
    shell: { ON_CALL_MODE: 'native', WATCHKEEPER_HOME: '/nowhere' },
    sql: async (statement: string) => {
      ran.push(statement);
      return [[1, 'x']];
    },
  } as unknown as DrillSystem;
  const printed: string[] = [];
  const answers = ['', 's', 'q'];
  const terminal = {
    print: (line: string) => void printed.push(line),
    ask: async () => answers.shift(),
  };
  const request = { name: 'EventBacklog', labels: { job: 'worker' }, isHelp: false };
  expect(await walkRunbook(root, request, system, terminal)).toBe(0);
  expect(ran).toHaveLength(1);
  expect(answers).toEqual([]);
  const text = printed.join('\n');
  expect(text).toContain('EventBacklog, severity warning; labels: job=worker');
  expect(text).toContain('As expected: some');
});

const drill = { faults: [{ app: 'api', set: { errors: {} } }], outcome: 'fires' } as never;

test.each([
  ['HighErrorRate of the api', 'You named the alert.'],
  ['something with the API', 'You named api, the component with the fault.'],
  ['the moon', 'You named neither the alert nor the component; compare for yourself.'],
  [undefined, 'You named neither the alert nor the component; compare for yourself.'],
])('compares the guess `%s` with the fault', (guess, verdict) => {
  const text = formatGamedayResult({
    ...{ page: { name: 'HighErrorRate', component: 'http', drill }, fault: 'api errors' },
    ...{ startedMs: 0, fired: undefined, guess: { text: guess, endedMs: 90_000 } },
  });
  expect(text).toContain(verdict);
  expect(text).toContain('your time       90.0 s');
});

const run: Measurements = {
  ...{ measuredAt: '2026-03-01T03:00:00.000Z', revision: 'abc1234', machine: '2 × Some CPU' },
  ...{ mode: 'native', timeFactor: 10, errorSeconds: 0.5, suiteSeconds: 601 },
  drills: [
    {
      ...{ name: 'HighErrorRate', severity: 'critical', hasPassed: true },
      ...{ detect: 10.1, notify: 10.7, resolve: null, blocksMet: 9, blocksRun: 9 },
    },
  ],
  skipped: [{ name: 'ErrorLogSurge', reason: 'loki does not run here' }],
};

test('formats the table of a run, with its machine and revision', () => {
  const text = formatMeasurements(run, new Map());
  expect(text).toContain('at revision abc1234, native, on 2 × Some CPU; time compressed');
  expect(text).toContain('10:01 minutes');
  expect(text).toContain(
    '| [HighErrorRate](../runbooks/HighErrorRate.md) | critical | 10.1 s | 10.7 s | – | 9 of 9 | passed |',
  );
  expect(text).toContain('- ErrorLogSurge: loki does not run here.');
});

test('asks for a reason where an alert took more than five minutes in real time', () => {
  const drills = run.drills.map((drill) => ({ ...drill, detect: 301 }));
  const late = { ...run, drills, timeFactor: 1 };
  expect(() => formatMeasurements(late, new Map())).toThrow('HighErrorRate (301 s)');
  const text = formatMeasurements(late, new Map([['HighErrorRate', 'It waits.']]));
  expect(text).toContain('in real time, at the intervals as shipped.');
  expect(text).toContain('- HighErrorRate: It waits.');
  expect(formatMeasurements({ ...late, timeFactor: 10 }, new Map())).not.toContain(
    'More than five',
  );
});

test('joins the runs of parts: the newest of a drill counts, and one that ran is not skipped', () => {
  const [drill] = run.drills;
  const later = {
    ...run,
    ...{ measuredAt: '2026-03-02T03:00:00.000Z', revision: 'def5678', skipped: [] },
    drills: [
      { ...drill, name: 'ErrorLogSurge' },
      { ...drill, detect: 9 },
    ] as typeof run.drills,
  };
  const merged = mergeMeasurements([later, run]);
  expect(merged).toMatchObject({ revision: 'abc1234, def5678', suiteSeconds: 1_202, skipped: [] });
  expect(merged.drills.map(({ name, detect }) => [name, detect])).toEqual([
    ['HighErrorRate', 9],
    ['ErrorLogSurge', 10.1],
  ]);
  expect(() => mergeMeasurements([run, { ...later, timeFactor: 1 }])).toThrow(
    'Expected runs of one timeFactor, got `10`, `1`.',
  );
});
