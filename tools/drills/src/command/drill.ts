import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, StackError } from '@watchkeeper/stack/stack-error';
import { type AlertFilter, collectHealthFacts, findHealthProblems } from '../observation/health.ts';
import { waitUntil } from '../observation/wait-until.ts';
import { infeasibleReason, planBatches } from '../run/batch-plan.ts';
import { hasPassed } from '../run/drill-run.ts';
import { createMeasurements, type Measurements, mergeMeasurements } from '../run/measurements.ts';
import { withInterruptSignal } from '../run/rollback.ts';
import { runSuite, type SuiteResult } from '../run/suite.ts';
import {
  type DrillPage,
  isDrillable,
  readAllDrillPages,
  readDrillPage,
} from '../runbooks/drill-page.ts';
import { attachToSystem } from '../systems/attach.ts';
import { startOwnStack } from '../systems/own-stack.ts';
import type { DrillSystem } from '../systems/system.ts';
import { chooseTimeFactor } from '../systems/time-factor.ts';
import { type DrillRequest, drillUsage } from './arguments.ts';
import { listDrills } from './drill-list.ts';
import { formatMeasurements } from './measurements-table.ts';
import { formatDrillRun } from './report.ts';

const print = (line: string) => console.log(line);
const log = (line: string) => print(`${new Date().toISOString().slice(11, 19)}  ${line}`);

/** `npm run drill`; resolves with the exit code: 0 when everything passed, 1 when not. */
export async function drill(root: string, request: DrillRequest): Promise<number> {
  const { action, name = '', files = [] } = request;
  if (action === 'help') print(drillUsage);
  else if (action === 'list') print(listDrills(readAllDrillPages(root)));
  else if (action === 'table') writeTable(root, files);
  else {
    const pages = action === 'one' ? [readDrillPage(root, name)] : readAllDrillPages(root);
    const [page] = pages;
    if (action === 'one' && page && 'exempt' in page.drill) {
      throw new StackError(`${name} has no drill: ${page.drill.exempt}`, { exitCode: 2 });
    }
    return withInterruptSignal((signal) => drillPages(root, pages, request, signal));
  }
  return 0;
}

async function drillPages(
  root: string,
  pages: readonly DrillPage[],
  { timeFactor: requested, part, files: [file] = [] }: DrillRequest,
  signal: AbortSignal,
): Promise<number> {
  const isOwn = requested !== undefined;
  const timeFactor = requested === 'default' ? await chooseTimeFactor() : (requested ?? 1);
  const system = isOwn
    ? await startOwnStack({ timeFactor, onProgress: log, signal })
    : await attachToSystem();
  try {
    const factor = system.timeFactor;
    print(`${system.mode}, ${factor === 1 ? 'in real time' : `time ${factor} times faster`}`);
    // A system of our own is still starting; one that runs already is healthy or it is not.
    await requireHealth(system, isOwn ? 300_000 : 0, signal);
    const drillable = pages.filter(isDrillable);
    const infeasible = drillable.flatMap((page) => {
      const reason = infeasibleReason(system, page);
      return reason === undefined ? [] : [{ name: page.name, reason }];
    });
    const feasible = drillable.filter((page) => !infeasible.some(({ name }) => name === page.name));
    // On a system that others use, one fault is injected at a time.
    const planned = isOwn ? planBatches(feasible) : feasible.map((page) => [page]);
    const batches = planned.filter((_, index) => isOfPart(index, part));
    const write = (result: SuiteResult) => {
      if (file === undefined) return;
      const all = { ...result, skipped: [...infeasible, ...result.skipped] };
      const text = JSON.stringify(createMeasurements(root, system, all), undefined, 2);
      writeFileSync(file, `${text}\n`);
    };
    const result = await runSuite({ system, signal, log, batches, onBatch: write });
    const skipped = [...infeasible, ...result.skipped];
    for (const { name, reason } of skipped) print(`${name} is skipped: ${reason}`);
    const all = { ...result, skipped };
    const hasSucceeded = await report(system, all, signal);
    write(result);
    return hasSucceeded ? 0 : 1;
  } finally {
    await system.stop();
  }
}

function isOfPart(index: number, part: DrillRequest['part']): boolean {
  return part === undefined || index % part.count === part.number - 1;
}

/** The problems that are left when the time is up; empty as soon as the system is healthy. */
async function waitForHealth(
  system: DrillSystem,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
  isTolerated?: AlertFilter,
): Promise<string[]> {
  let problems: string[] = [];
  const isHealthy = async () => {
    problems = findHealthProblems(await collectHealthFacts(system), isTolerated);
    return problems.length === 0;
  };
  await waitUntil('a healthy system', isHealthy, { timeoutMs, signal }).catch(() => {});
  signal.throwIfAborted();
  return problems;
}

async function requireHealth(system: DrillSystem, timeoutMs: number, signal: AbortSignal) {
  const problems = await waitForHealth(system, { timeoutMs, signal });
  if (problems.length === 0) return;
  const lines = problems.map((problem) => `  ${problem}`).join('\n');
  throw new StackError(`The system is not healthy, so no fault is injected:\n${lines}`);
}

// Side effects of the fault leave the rules' windows a while after the drill's own alert.
const recoveryMs = 300_000;
const minRecoveryMs = 30_000;

/** Prints every drill and the totals; resolves to whether all passed and the system is healthy. */
async function report(
  system: DrillSystem,
  { runs, skipped, unexpectedPages }: SuiteResult,
  signal: AbortSignal,
): Promise<boolean> {
  for (const run of runs) print(formatDrillRun(run, system.timeFactor));
  const failed = runs.filter((run) => !hasPassed(run)).length;
  for (const page of unexpectedPages) print(`Unexpected page: ${page}. No drill allows it.`);
  const timeoutMs = Math.max(recoveryMs / system.timeFactor, minRecoveryMs);
  const problems = await waitForHealth(system, { timeoutMs, signal }, ({ component }) =>
    ['host', 'slo'].includes(component ?? ''),
  );
  print(problems.length === 0 ? '\nThe system is healthy again.' : '\nNot healthy:');
  for (const problem of problems) print(`  ${problem}`);
  print(`${runs.length - failed} passed, ${failed} failed, ${skipped.length} skipped`);
  return failed + unexpectedPages.length + problems.length === 0;
}

function writeTable(root: string, files: readonly string[]): void {
  const measured = mergeMeasurements(files.map(readMeasurements));
  const reasons = readAllDrillPages(root)
    .filter(isDrillable)
    .flatMap(({ name, drill }) =>
      drill.slowBecause === undefined ? [] : [[name, drill.slowBecause] as const],
    );
  writeFileSync(join(root, 'docs', 'drills.md'), formatMeasurements(measured, new Map(reasons)));
  print(`Wrote docs/drills.md from ${files.join(', ')}.`);
}

function readMeasurements(file: string): Measurements {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Measurements;
  } catch (error) {
    throw new StackError(
      `Expected \`${file}\` to hold measured times as --json writes them: ${messageOf(error)}`,
      { exitCode: 2 },
    );
  }
}
