import { startDeadMansSwitch } from '@watchkeeper/stack/dead-mans-switch/start';
import { inject } from '../actions/inject.ts';
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

/** Drills that run at the same time, step by step together. */
export interface BatchOptions {
  readonly system: DrillSystem;
  readonly pages: readonly DrillablePage[];
  readonly signal?: AbortSignal;
  readonly log?: (line: string) => void;
  /** Alerts of an earlier wave that have not ended, and don't count here. */
  readonly lingering?: readonly string[];
  /** Those whose end is waited for by whoever called, not here. */
  readonly isDeferred?: (page: DrillablePage) => boolean;
}

/** What came of a wave. */
export interface BatchResult {
  readonly runs: readonly DrillRun[];
  /** Pages that somebody got and should not have. */
  readonly unexpectedPages: readonly string[];
  /** Resolves when the deferred ones have ended as well, and nothing is followed any more. */
  readonly settled: Promise<void>;
}

/**
 * Breaks what the pages declare, follows each alert to the inbox, runs each page while it fires,
 * heals, and waits for the end. Whatever happens, it heals.
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
  const followed: { settled: Promise<unknown> } = { settled: Promise.resolve() };
  try {
    await inject({
      ...{ system, drill, lastsSeconds: lastsMs / 1_000 },
      onInjected(undo) {
        rollback.add(undo);
        log(`broken: ${undo.what}`);
      },
    });
    const restarted = await followAll(runs, batch);
    await undoAll(runs, batch, rollback);
    const unexpectedPages = await readUnexpectedPages(batch, options, restarted);
    const [late, now] = [
      runs.filter((run) => isDeferred(run.page)),
      runs.filter((run) => !isDeferred(run.page)),
    ];
    followed.settled = Promise.all(late.map((run) => finish(run, batch)));
    await Promise.all(now.map((run) => finish(run, batch)));
    const settled = followed.settled.then(() => tracker.stop());
    return { runs, unexpectedPages, settled };
  } catch (error) {
    await followed.settled.catch(() => {});
    await tracker.stop();
    throw error;
  } finally {
    const failures = await rollback.undo();
    for (const failure of failures) log(`NOT HEALED: ${failure}`);
    deadMansSwitch.dismiss();
  }
}

/** From the fault to the end of the diagnosis; then Mitigation, page by page. */
async function followAll(runs: readonly DrillRun[], batch: Batch): Promise<Set<string>> {
  const remember = new Map<string, BlockResult>();
  await Promise.all(runs.map((run) => followOne(run, batch, remember)));
  // What a page's Mitigation ends is over for the others of the wave as well.
  const healedMs = Date.now();
  for (const run of runs) {
    run.timestamps.healed = healedMs;
    await phases.attempt(run, batch, () => phases.runSection(run, batch, 'Mitigation', remember));
  }
  const restarts = runs.flatMap((run) =>
    run.page.blocks.some(({ section, code }) => section === 'Mitigation' && /^restart /m.test(code))
      ? [run.labels.job ?? '']
      : [],
  );
  return new Set(restarts);
}

async function followOne(
  run: DrillRun,
  batch: Batch,
  remember: Map<string, BlockResult>,
): Promise<void> {
  const { page, timestamps } = run;
  const { outcome } = page.drill;
  const isSilence = outcome === 'falls-silent';
  const hasFired = await phases.attempt(run, batch, () =>
    isSilence ? phases.waitForLateHeartbeat(run, batch) : phases.waitForFiring(run, batch),
  );
  if (!hasFired) return;
  batch.log(
    `${page.name} ${isSilence ? 'is silent' : 'fires'} after ${formatSeconds(measureDurations(timestamps).detect)}`,
  );
  if (outcome === 'fires') {
    await phases.attempt(run, batch, () => phases.waitForNotification(run, batch));
    batch.log(
      `${page.name} is in the inbox after ${formatSeconds(measureDurations(timestamps).notify)}`,
    );
  }
  await phases.attempt(run, batch, () => phases.runSection(run, batch, 'Diagnosis', remember));
  timestamps.diagnosed = Date.now();
}

async function undoAll(runs: readonly DrillRun[], batch: Batch, rollback: Rollback): Promise<void> {
  const { system, signal, log } = batch;
  const failures = await rollback.undo();
  for (const run of runs) {
    run.problems.push(...failures.map((failure) => `not healed: ${failure}`));
  }
  log('healed');
  const isReady = async () => (await system.unhealthyComponents()).length === 0;
  await waitUntil('every component to be ready', isReady, { timeoutMs: 120_000, signal });
}

async function finish(run: DrillRun, batch: Batch): Promise<void> {
  const { page, timestamps } = run;
  // What never fired has nothing to end.
  if (timestamps.firing === undefined) return;
  await phases.attempt(run, batch, () => phases.waitForRecovery(run, batch));
  const isSilence = page.drill.outcome === 'falls-silent';
  await phases.attempt(run, batch, () =>
    isSilence ? phases.waitForHeartbeat(run, batch) : phases.waitForResolved(run, batch),
  );
  batch.log(`${page.name} is over after ${formatSeconds(measureDurations(timestamps).resolve)}`);
}

async function readUnexpectedPages(
  { system, injectedMs, signal }: Batch,
  { pages, lingering = [] }: BatchOptions,
  restarted: ReadonlySet<string>,
): Promise<string[]> {
  const ask = () => readInbox(system.url('oncall') ?? '');
  const { alerts } = await waitUntil('the inbox to answer', ask, { timeoutMs: 60_000, signal });
  const names = new Set([...allowedAlertNames(pages), ...lingering]);
  return findUnexpectedPages(alerts, injectedMs, { names, restarted });
}
