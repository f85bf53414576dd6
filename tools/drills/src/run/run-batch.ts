import { startDeadMansSwitch } from '@watchkeeper/stack/dead-mans-switch/start';
import { injectFaults } from '../actions/inject.ts';
import type { BlockResult } from '../blocks/run-block.ts';
import { createAlertTracker } from '../observation/alert-tracker.ts';
import { readInbox } from '../observation/monitoring-clients.ts';
import { waitUntil } from '../observation/wait-until.ts';
import type { DrillablePage } from '../runbooks/drill-page.ts';
import type { DrillSystem } from '../systems/system.ts';
import { type Batch, createDrillRun, type DrillRun } from './drill-run.ts';
import { mergeDrills } from './merge-drills.ts';
import * as phases from './phases.ts';
import { createRollback, type Rollback } from './rollback.ts';
import { formatSeconds, measureDurations } from './timeline.ts';
import { timeoutsFor } from './timeouts.ts';
import { allowedAlertNames, findUnexpectedPages } from './unexpected-pages.ts';

interface BatchOptions {
  readonly system: DrillSystem;
  readonly pages: readonly DrillablePage[];
  readonly signal?: AbortSignal;
  readonly log?: (line: string) => void;
  /** Alerts of an earlier batch that are still firing, and don't count here. */
  readonly lingering?: readonly string[];
  /** Those whose end is awaited by the caller, through `settled`. */
  readonly isDeferred?: (page: DrillablePage) => boolean;
}

export interface BatchResult {
  readonly runs: readonly DrillRun[];
  readonly unexpectedPages: readonly string[];
  /** Resolves when the deferred ones have ended as well, and no alert is tracked any more. */
  readonly settled: Promise<void>;
}

/**
 * Runs drills at the same time: injects their faults, follows each alert to the inbox, runs each
 * runbook while its alert fires, undoes the faults, whatever happens, and waits for the end.
 */
export async function runBatch(options: BatchOptions): Promise<BatchResult> {
  const { system, pages, signal, log = () => {} } = options;
  const drill = mergeDrills(pages);
  const timeouts = pages.map((page) => timeoutsFor(page, system.timeFactor));
  const lastsMs = Math.max(...timeouts.map(({ fireMs, notifyMs }) => fireMs + notifyMs));
  const tracker = createAlertTracker(system, Math.min(...timeouts.map(({ everyMs }) => everyMs)));
  const deadMansSwitch = startDeadMansSwitch();
  const rollback = createRollback(deadMansSwitch);
  const injectedMs = Date.now();
  const batch: Batch = { system, tracker, injectedMs, signal, log };
  const runs = pages.map((page) => createDrillRun(page, injectedMs));
  const isDeferred = options.isDeferred ?? (() => false);
  let deferred: Promise<unknown> = Promise.resolve();
  try {
    await injectFaults(system, drill, lastsMs / 1_000, (fault) => {
      rollback.add(fault);
      log(`injected: ${fault.description}`);
    });
    const restarted = await followAlerts(runs, batch);
    await undoFaults(runs, batch, rollback);
    const unexpectedPages = await readUnexpectedPages(batch, options, restarted);
    const finishAll = (some: DrillRun[]) => Promise.all(some.map((run) => finish(run, batch)));
    deferred = finishAll(runs.filter((run) => isDeferred(run.page)));
    await finishAll(runs.filter((run) => !isDeferred(run.page)));
    return { runs, unexpectedPages, settled: deferred.then(() => tracker.stop()) };
  } catch (error) {
    await deferred.catch(() => {});
    await tracker.stop();
    throw error;
  } finally {
    for (const failure of await rollback.undo()) log(`NOT UNDONE: ${failure}`);
    deadMansSwitch.dismiss();
  }
}

/** From the fault to the end of the diagnosis; then Mitigation, page by page. */
async function followAlerts(runs: readonly DrillRun[], batch: Batch): Promise<Set<string>> {
  const results = new Map<string, BlockResult>();
  await Promise.all(runs.map((run) => followAlert(run, batch, results)));
  // What one page's Mitigation ends is over for the others of the batch as well.
  const undoneMs = Date.now();
  for (const run of runs) {
    run.timestamps.undone = undoneMs;
    await phases.attempt(run, batch, () => phases.runSection(run, batch, 'Mitigation', results));
  }
  const restarts = runs.flatMap((run) =>
    run.page.blocks.some(({ section, code }) => section === 'Mitigation' && /^restart /m.test(code))
      ? [run.labels.job ?? '']
      : [],
  );
  return new Set(restarts);
}

async function followAlert(run: DrillRun, batch: Batch, results: Map<string, BlockResult>) {
  const { page, timestamps } = run;
  const { outcome } = page.drill;
  const isSilent = outcome === 'falls-silent';
  const hasFired = await phases.attempt(run, batch, () =>
    isSilent ? phases.waitForLateHeartbeat(run, batch) : phases.waitForFiring(run, batch),
  );
  if (!hasFired) return;
  const state = isSilent ? 'silent' : 'firing';
  batch.log(`${page.name} is ${state} after ${formatSeconds(measureDurations(timestamps).detect)}`);
  if (outcome === 'fires') {
    await phases.attempt(run, batch, () => phases.waitForNotification(run, batch));
    batch.log(
      `${page.name} is notified after ${formatSeconds(measureDurations(timestamps).notify)}`,
    );
  }
  await phases.attempt(run, batch, () => phases.waitForMuted(run, batch));
  await phases.attempt(run, batch, () => phases.runSection(run, batch, 'Diagnosis', results));
  timestamps.diagnosed = Date.now();
}

async function undoFaults(runs: readonly DrillRun[], batch: Batch, rollback: Rollback) {
  const { system, signal, log } = batch;
  const failures = await rollback.undo();
  for (const run of runs) {
    run.problems.push(...failures.map((failure) => `not undone: ${failure}`));
  }
  log('faults undone');
  const isReady = async () => (await system.unhealthyComponents()).length === 0;
  await waitUntil('every component to be ready', isReady, { timeoutMs: 120_000, signal });
}

async function finish(run: DrillRun, batch: Batch): Promise<void> {
  const { page, timestamps } = run;
  // An alert that never fired is never resolved.
  if (timestamps.firing === undefined) return;
  await phases.attempt(run, batch, () => phases.waitForRecovery(run, batch));
  const isSilent = page.drill.outcome === 'falls-silent';
  await phases.attempt(run, batch, () =>
    isSilent ? phases.waitForHeartbeat(run, batch) : phases.waitForResolved(run, batch),
  );
  batch.log(
    `${page.name} is resolved after ${formatSeconds(measureDurations(timestamps).resolve)}`,
  );
}

async function readUnexpectedPages(
  { system, injectedMs, signal }: Batch,
  { pages, lingering = [] }: BatchOptions,
  restarted: ReadonlySet<string>,
): Promise<string[]> {
  const read = () => readInbox(system.url('oncall') ?? '');
  const { alerts } = await waitUntil('the inbox to answer', read, { timeoutMs: 60_000, signal });
  const names = new Set([...allowedAlertNames(pages), ...lingering]);
  return findUnexpectedPages(alerts, injectedMs, { names, restarted });
}
