// Faults make every alert fire, in systems whose time is compressed: the whole one, and beside it the
// monitoring alone, which needs little. The drills run in batches; each test checks the result of one.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  infeasibleReason,
  needsIdleMachine,
  needsOnlyMonitoring,
  planBatches,
} from '@watchkeeper/drills/run/batch-plan';
import { type DrillRun, hasPassed } from '@watchkeeper/drills/run/drill-run';
import { createMeasurements } from '@watchkeeper/drills/run/measurements';
import {
  joinResults,
  replaceFailed,
  runSuite,
  type SuiteResult,
} from '@watchkeeper/drills/run/suite';
import { measureDurations } from '@watchkeeper/drills/run/timeline';
import { isDrillable, readAllDrillPages } from '@watchkeeper/drills/runbooks/drill-page';
import { startOwnStack } from '@watchkeeper/drills/systems/own-stack';
import type { DrillSystem } from '@watchkeeper/drills/systems/system';
import { chooseTimeFactor } from '@watchkeeper/drills/systems/time-factor';
import { appNames } from '@watchkeeper/stack';
import { findOnPath } from '@watchkeeper/stack/tools/path-search';

const root = join(import.meta.dirname, '../..');
// Twelve minutes on two idle cores; at the smallest time factor of a busy machine, over an hour.
const suiteTimeoutMs = 120 * 60_000;
const pages = readAllDrillPages(root).filter(isDrillable);
// Read before the system starts, because tests are named before that.
const optional = ['loki', 'promtail', 'jaeger', 'grafana'];
const absent = new Set(optional.filter((name) => !findOnPath([name], process.env.PATH)));
const missing = new Map(
  pages.flatMap((page) => {
    const reason = infeasibleReason(
      { mode: 'native', components: allBut(absent) } as unknown as DrillSystem,
      page,
    );
    return reason === undefined ? [] : [[page.name, reason]];
  }),
);

type Batches = ReturnType<typeof planBatches>;

let result: SuiteResult;

function allBut(names: ReadonlySet<string>): string[] {
  const watchers = [
    ...['prometheus', 'alertmanager', 'node-exporter', 'postgres-exporter'],
    ...['blackbox-exporter', 'backup'],
  ];
  return [...appNames, 'postgres', ...watchers, ...optional].filter((name) => !names.has(name));
}

beforeAll(async () => {
  const timeFactor = await chooseTimeFactor();
  const batches = planBatches(pages.filter(({ name }) => !missing.has(name)));
  result = await drillAll(batches, timeFactor);
  // A machine that got busy meanwhile answers no scrape in the tenth of its time; then half as fast.
  if (result.failed.length > 0) {
    result.failed.forEach(logFailed);
    const again = result.failed.map(toRepeat);
    result = replaceFailed(result, await drillAll(again, Math.max(1, timeFactor / 2)));
  }
  const known = [...missing].map(([name, reason]) => ({ name, reason }));
  const skipped = [...known, ...result.skipped];
  const { DRILLS_RECORD: file } = process.env;
  if (file) {
    const record = createMeasurements(root, { mode: 'native', timeFactor }, { ...result, skipped });
    writeFileSync(file, `${JSON.stringify(record, undefined, 2)}\n`);
  }
}, suiteTimeoutMs);

/** Those of the monitoring beside the others, and at last those that need an idle machine. */
async function drillAll(batches: Batches, timeFactor: number): Promise<SuiteResult> {
  const startedMs = performance.now();
  const ofMonitoring = batches.filter(needsOnlyMonitoring);
  const onIdle = batches.filter((batch) => batch.some(needsIdleMachine));
  const others = batches.filter((batch) => ![...ofMonitoring, ...onIdle].includes(batch));
  const system = await startOwnStack({ timeFactor });
  try {
    const results = await Promise.all([
      runSuite({ system, batches: others, log: logOf('whole') }),
      drillMonitoring(ofMonitoring, timeFactor),
    ]);
    results.push(await runSuite({ system, batches: onIdle, log: logOf('whole') }));
    return joinResults(results, (performance.now() - startedMs) / 1_000);
  } finally {
    await system.stop();
  }
}

async function drillMonitoring(batches: Batches, timeFactor: number): Promise<SuiteResult> {
  const system = await startOwnStack({ timeFactor, part: 'monitoring' });
  try {
    return await runSuite({ system, batches, log: logOf('monitoring') });
  } finally {
    await system.stop();
  }
}

const logOf = (name: string) => (line: string) =>
  process.stderr.write(`${new Date().toISOString().slice(11, 19)}  ${name}: ${line}\n`);

/** The drills that failed; all of the batch where something else paged, as any may have caused it. */
function toRepeat({ runs, unexpectedPages }: SuiteResult['failed'][number]): Batches[number] {
  const wanted = unexpectedPages.length > 0 ? runs : runs.filter((run) => !hasPassed(run));
  return wanted.map(({ page }) => page);
}

function logFailed({ runs, unexpectedPages }: SuiteResult['failed'][number]): void {
  const log = logOf('to be repeated');
  for (const { page, problems } of runs.filter((run) => !hasPassed(run))) {
    log(`${page.name}: ${problems.join(' ') || 'an unmet block of its runbook'}`);
  }
  for (const page of unexpectedPages) log(`unexpected: ${page}`);
}

/** Undefined where the drill was skipped; prints the reason. */
function runOf(name: string): DrillRun | undefined {
  const skipped = result.skipped.find((each) => each.name === name);
  if (skipped) return void process.stderr.write(`${name} was not drilled: ${skipped.reason}\n`);
  const run = result.runs.find(({ page }) => page.name === name);
  if (run === undefined) throw new Error(`Expected a drill of ${name}.`);
  return run;
}

describe.each(pages.filter(({ name }) => !missing.has(name)))('$name', ({ name, drill }) => {
  test('fires, is notified, and is resolved after the fault is undone', () => {
    const run = runOf(name);
    if (run === undefined) return;
    const { problems, timestamps } = run;
    expect(problems).toEqual([]);
    const { detect, notify, resolve } = measureDurations(timestamps);
    expect([detect, notify, resolve]).toEqual([
      expect.any(Number),
      expect.any(Number),
      expect.any(Number),
    ]);
  });

  test('has a runbook whose blocks all give the expected result', () => {
    const run = runOf(name);
    if (run === undefined) return;
    const { blocks } = run;
    const unmet = blocks.filter(({ verdict }) => verdict === 'unmet');
    const shown = unmet.map(({ line, expected, text }) => ({ line, expected, text }));
    expect(shown).toEqual([]);
    expect(blocks.some(({ verdict }) => verdict === 'met')).toBe(true);
  });

  const notified = drill.outcome === 'falls-silent' ? test.skip : test;
  notified('carries its summary, its runbook and its dashboard', () => {
    const run = runOf(name);
    if (run === undefined) return;
    const { annotations, page } = run;
    expect(annotations).toMatchObject({
      summary: expect.stringMatching(/^\S.*\.$/),
      runbook_url: expect.stringMatching(new RegExp(`/runbooks/${name}$`)),
      dashboard_url: expect.stringMatching(new RegExp(`/d/${page.dashboard}$`)),
    });
  });
});

for (const [name, reason] of missing) test.skip(`${name}: ${reason}`, () => {});

test('sends no unexpected pages', () => {
  expect(result.unexpectedPages).toEqual([]);
});
