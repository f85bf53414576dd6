import { inject } from '../actions/inject.ts';
import type { BlockResult } from '../blocks/run-block.ts';
import { createFollower } from '../observation/alert-tracker.ts';
import { readInbox } from '../observation/monitoring-clients.ts';
import { until } from '../observation/wait-until.ts';
import { startRescuer } from '../rescue/rescuer.ts';
import type { DrillablePage } from '../runbooks/drill-page.ts';
import type { DrillSystem } from '../systems/system.ts';
import { createRun, type Run, type Wave } from './drill-run.ts';
import { mergeBreakages } from './merge-drills.ts';
import * as phases from './phases.ts';
import { createHealing, type Healing } from './rollback.ts';
import { formatSeconds, timesOf } from './timeline.ts';
import { waitsOf } from './timeouts.ts';
import { allowedNames, strayPages } from './unexpected-pages.ts';

/** Drills that run at the same time, step by step together. */
export interface WaveOptions {
  readonly system: DrillSystem;
  readonly pages: readonly DrillablePage[];
  readonly signal?: AbortSignal;
  readonly say?: (line: string) => void;
  /** Alerts of an earlier wave that have not ended, and don't count here. */
  readonly lingering?: readonly string[];
  /** Those whose end is waited for by whoever called, not here. */
  readonly isDeferred?: (page: DrillablePage) => boolean;
}

/** What came of a wave. */
export interface WaveResult {
  readonly runs: readonly Run[];
  /** Pages that somebody got and should not have. */
  readonly strays: readonly string[];
  /** Resolves when the deferred ones have ended as well, and nothing is followed any more. */
  readonly settled: Promise<void>;
}

/**
 * Breaks what the pages declare, follows each alert to the inbox, runs each page while it fires,
 * heals, and waits for the end. Whatever happens, it heals.
 */
export async function runWave(options: WaveOptions): Promise<WaveResult> {
  const { system, pages, signal, say = () => {} } = options;
  const drill = mergeBreakages(pages);
  const waits = pages.map((page) => waitsOf(page, system.timeFactor));
  const lastsMs = Math.max(...waits.map(({ fireMs, notifyMs }) => fireMs + notifyMs));
  const follower = createFollower(system, Math.min(...waits.map(({ everyMs }) => everyMs)));
  const rescuer = startRescuer();
  const healing = createHealing(rescuer);
  const injectedMs = Date.now();
  const wave: Wave = { system, follower, injectedMs, signal, say };
  const runs = pages.map((page) => createRun(page, injectedMs));
  const isDeferred = options.isDeferred ?? (() => false);
  const followed: { settled: Promise<unknown> } = { settled: Promise.resolve() };
  try {
    await inject({
      ...{ system, drill, lastsSeconds: lastsMs / 1_000 },
      onBroken(undo) {
        healing.add(undo);
        say(`broken: ${undo.what}`);
      },
    });
    const restarted = await followAll(runs, wave);
    await healAll(runs, wave, healing);
    const strays = await findStrays(wave, options, restarted);
    const [late, now] = [
      runs.filter((run) => isDeferred(run.page)),
      runs.filter((run) => !isDeferred(run.page)),
    ];
    followed.settled = Promise.all(late.map((run) => finish(run, wave)));
    await Promise.all(now.map((run) => finish(run, wave)));
    const settled = followed.settled.then(() => follower.stop());
    return { runs, strays, settled };
  } catch (error) {
    await followed.settled.catch(() => {});
    await follower.stop();
    throw error;
  } finally {
    const failures = await healing.heal();
    for (const failure of failures) say(`NOT HEALED: ${failure}`);
    rescuer.dismiss();
  }
}

/** From the fault to the end of the diagnosis; then Mitigation, page by page. */
async function followAll(runs: readonly Run[], wave: Wave): Promise<Set<string>> {
  const remember = new Map<string, BlockResult>();
  await Promise.all(runs.map((run) => followOne(run, wave, remember)));
  // What a page's Mitigation ends is over for the others of the wave as well.
  const healedMs = Date.now();
  for (const run of runs) {
    run.moments.healed = healedMs;
    await phases.attempt(run, wave, () => phases.runSection(run, wave, 'Mitigation', remember));
  }
  const restarts = runs.flatMap((run) =>
    run.page.blocks.some(({ section, code }) => section === 'Mitigation' && /^restart /m.test(code))
      ? [run.labels.job ?? '']
      : [],
  );
  return new Set(restarts);
}

async function followOne(run: Run, wave: Wave, remember: Map<string, BlockResult>): Promise<void> {
  const { page, moments } = run;
  const { outcome } = page.drill;
  const isSilence = outcome === 'falls-silent';
  const hasFired = await phases.attempt(run, wave, () =>
    isSilence ? phases.awaitSilence(run, wave) : phases.awaitFiring(run, wave),
  );
  if (!hasFired) return;
  wave.say(
    `${page.name} ${isSilence ? 'is silent' : 'fires'} after ${formatSeconds(timesOf(moments).detect)}`,
  );
  if (outcome === 'fires') {
    await phases.attempt(run, wave, () => phases.awaitNotified(run, wave));
    wave.say(`${page.name} is in the inbox after ${formatSeconds(timesOf(moments).notify)}`);
  }
  await phases.attempt(run, wave, () => phases.runSection(run, wave, 'Diagnosis', remember));
  moments.diagnosed = Date.now();
}

async function healAll(runs: readonly Run[], wave: Wave, healing: Healing): Promise<void> {
  const { system, signal, say } = wave;
  const failures = await healing.heal();
  for (const run of runs) {
    run.problems.push(...failures.map((failure) => `not healed: ${failure}`));
  }
  say('healed');
  const isReady = async () => (await system.ailments()).length === 0;
  await until('every component to be ready', isReady, { timeoutMs: 120_000, signal });
}

async function finish(run: Run, wave: Wave): Promise<void> {
  const { page, moments } = run;
  // What never fired has nothing to end.
  if (moments.firing === undefined) return;
  await phases.attempt(run, wave, () => phases.awaitRecovery(run, wave));
  const isSilence = page.drill.outcome === 'falls-silent';
  await phases.attempt(run, wave, () =>
    isSilence ? phases.awaitHeartbeat(run, wave) : phases.awaitResolved(run, wave),
  );
  wave.say(`${page.name} is over after ${formatSeconds(timesOf(moments).resolve)}`);
}

async function findStrays(
  { system, injectedMs, signal }: Wave,
  { pages, lingering = [] }: WaveOptions,
  restarted: ReadonlySet<string>,
): Promise<string[]> {
  const ask = () => readInbox(system.url('oncall') ?? '');
  const { alerts } = await until('the inbox to answer', ask, { timeoutMs: 60_000, signal });
  const names = new Set([...allowedNames(pages), ...lingering]);
  return strayPages(alerts, injectedMs, { names, restarted });
}
