import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from '@watchkeeper/stack';
import { type AlertFilter, collectHealthFacts, findHealthProblems } from '../observation/health.ts';
import { waitUntil } from '../observation/wait-until.ts';
import { infeasibleReason, planBatches } from '../run/batch-plan.ts';
import { hasPassed } from '../run/drill-run.ts';
import { createMeasurements, type Measurements } from '../run/measurements.ts';
import { withInterruptSignal } from '../run/rollback.ts';
import { runSuite, type SuiteResult } from '../run/suite.ts';
import {
  type DrillablePage,
  type DrillPage,
  isDrillable,
  readAllDrillPages,
  readDrillPage,
} from '../runbooks/drill-page.ts';
import { attachToSystem } from '../systems/attach.ts';
import { startOwnStack } from '../systems/own-stack.ts';
import type { DrillSystem } from '../systems/system.ts';
import { type DrillRequest, drillUsage } from './arguments.ts';
import { formatMeasurements } from './measurements-table.ts';
import { formatDrillRun } from './report.ts';

const print = (line: string) => console.log(line);

/** `npm run drill`; resolves with the exit code: 0 when all went as it should, 1 when not. */
export async function drill(root: string, request: DrillRequest): Promise<number> {
  const { what, name = '', file = '' } = request;
  if (what === 'help') print(drillUsage);
  else if (what === 'list') print(listDrills(readAllDrillPages(root)));
  else if (what === 'table') writeTable(root, file);
  else {
    const pages = what === 'one' ? [readDrillPage(root, name)] : readAllDrillPages(root);
    if (what === 'one') refuseExempt(pages[0]);
    return withInterruptSignal((signal) => drillPages(root, pages, request, signal));
  }
  return 0;
}

function refuseExempt(page: DrillPage | undefined): void {
  if (page && 'exempt' in page.drill) {
    throw new StackError(`${page.name} is not drilled: ${page.drill.exempt}`, { exitCode: 2 });
  }
}

async function drillPages(
  root: string,
  pages: readonly DrillPage[],
  request: DrillRequest,
  signal: AbortSignal,
): Promise<number> {
  const { timeFactor } = request;
  const log = (line: string) => print(`${new Date().toISOString().slice(11, 19)}  ${line}`);
  const isOwn = timeFactor !== undefined;
  const system = isOwn
    ? await startOwnStack({ timeFactor, onProgress: log, signal })
    : await attachToSystem();
  try {
    const time =
      system.timeFactor === 1 ? 'in real time' : `time ${system.timeFactor} times faster`;
    print(`${system.mode}, ${time}`);
    // What has just been started is still waking up; what runs already is healthy or it is not.
    await requireHealth(system, isOwn ? 300_000 : 0, signal);
    const wanted = pages.filter(isDrillable);
    const skipped = wanted.flatMap((page) => {
      const reason = infeasibleReason(system, page);
      return reason === undefined ? [] : [{ name: page.name, reason }];
    });
    for (const { name, reason } of skipped) print(`${name} is skipped: ${reason}`);
    const names = new Set(skipped.map(({ name }) => name));
    const feasible = wanted.filter((page) => !names.has(page.name));
    const result = await runSuite({
      ...{ system, signal, log },
      // On a system that others use, one thing is broken at a time.
      batches: isOwn ? planBatches(feasible) : feasible.map((page): DrillablePage[] => [page]),
    });
    const all = [...skipped, ...result.skipped];
    for (const { name, reason } of result.skipped) print(`${name} is skipped: ${reason}`);
    // Awaited here, for it asks the system that is stopped below.
    return await report(root, system, request, {
      result: { ...result, skipped: all },
      signal,
    });
  } finally {
    await system.stop();
  }
}

/** What is still wrong when the patience ends; empty as soon as the system is healthy. */
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
  throw new StackError(`The system is not healthy, so nothing is broken on top of that:\n${lines}`);
}

// What else the fault set off leaves the rules' windows a while after the drill's own alert.
const recoveryMs = 300_000;
const recoveryAtLeastMs = 30_000;

async function report(
  root: string,
  system: DrillSystem,
  { file }: DrillRequest,
  { result, signal }: { readonly result: SuiteResult; readonly signal: AbortSignal },
): Promise<number> {
  for (const run of result.runs) print(formatDrillRun(run, system.timeFactor));
  const failed = result.runs.filter((run) => !hasPassed(run));
  for (const stray of result.unexpectedPages)
    print(`${stray} paged somebody, and no drill allows it.`);
  const timeoutMs = Math.max(recoveryMs / system.timeFactor, recoveryAtLeastMs);
  const problems = await waitForHealth(system, { timeoutMs, signal }, ({ component }) =>
    ['host', 'slo'].includes(component ?? ''),
  );
  print(problems.length === 0 ? '\nThe system is healthy again.' : '\nNot healthy:');
  for (const problem of problems) print(`  ${problem}`);
  print(
    `${result.runs.length - failed.length} passed, ${failed.length} failed, ${result.skipped.length} skipped`,
  );
  if (file)
    writeFileSync(
      file,
      `${JSON.stringify(createMeasurements(root, system, result), undefined, 2)}\n`,
    );
  return failed.length + result.unexpectedPages.length + problems.length === 0 ? 0 : 1;
}

function listDrills(pages: readonly DrillPage[]): string {
  const width = Math.max(...pages.map(({ name }) => name.length));
  const lines = pages.map(({ name, drill }) => {
    const what = 'exempt' in drill ? `exempt: ${drill.exempt}` : describeDrill(drill);
    return `${name.padEnd(width)}  ${what}`;
  });
  return lines.join('\n');
}

/** What a drill breaks, in one line. */
export function describeDrill(drill: DrillablePage['drill']): string {
  const { also: _, outcome: __, faults, sql, configure, lines, ...others } = drill;
  const parts = [
    ...(faults ?? []).map(({ app, set }) => `${app} ${JSON.stringify(set)}`),
    ...(sql ?? []).map(({ sessions, run }) => `sql ${sessions} × ${run[0]?.slice(0, 50)}`),
    ...(configure ? [`${configure.component} with another ${configure.file}`] : []),
    ...(lines ? [`lines to the log of ${lines.service}`] : []),
    ...Object.entries(others).map(([key, value]) => `${key} ${JSON.stringify(value)}`),
  ];
  return parts.join('; ');
}

function writeTable(root: string, file: string): void {
  let measurements: Measurements;
  try {
    measurements = JSON.parse(readFileSync(file, 'utf8')) as Measurements;
  } catch (error) {
    throw new StackError(
      `Expected \`${file}\` to hold measured times, as --json writes: ${(error as Error).message}`,
      { exitCode: 2 },
    );
  }
  const target = join(root, 'docs', 'drills.md');
  writeFileSync(target, formatMeasurements(measurements));
  print(`docs/drills.md is made of ${file}.`);
}
