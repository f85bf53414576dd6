import { type BlockResult, runBlock } from '../blocks/run-block.ts';
import { readRulerTimes } from '../observation/alert-timestamps.ts';
import type { Sighting } from '../observation/alert-tracker.ts';
import { type InboxAlert, readInbox } from '../observation/monitoring-clients.ts';
import { messageOf, until } from '../observation/wait-until.ts';
import type { Breakage } from '../runbooks/drill-page.ts';
import type { Block } from '../runbooks/page.ts';
import type { Run, Wave } from './drill-run.ts';
import { waitsOf } from './timeouts.ts';

/** Waits until the alert fires; rejects when it does not. */
export async function awaitFiring(run: Run, wave: Wave) {
  const { system, follower, injectedMs, signal } = wave;
  const { page } = run;
  const { fireMs: timeoutMs, everyMs } = waitsOf(page, system.timeFactor);
  const suspects = suspectsOf(page.drill);
  const sighting = await until(
    `${page.name} to fire`,
    () => choose(follower.sightings(page.name, injectedMs), suspects),
    { timeoutMs, everyMs, signal },
  );
  run.sighting = sighting;
  run.labels = sighting.labels;
  const { firstBad, pending, firing } = await timesOf(sighting, run, wave);
  Object.assign(run.moments, { firstBad, pending, firing });
}

/** A machine that is drilled may be too busy for one answer; that says nothing of the alert. */
function timesOf(sighting: Sighting, { page }: Run, { system, injectedMs, signal }: Wave) {
  const { fireMs: timeoutMs, everyMs } = waitsOf(page, system.timeFactor);
  return until(
    `the times of ${page.name}`,
    () => readRulerTimes(system, page, sighting, injectedMs),
    { timeoutMs, everyMs, signal },
  );
}

/** The jobs that a drill breaks: of several alerts of one name theirs is meant. */
export function suspectsOf({ faults, halt }: Breakage): string[] {
  return [...(faults ?? []).map(({ app }) => app), ...(halt ?? [])];
}

function choose(sightings: readonly Sighting[], suspects: readonly string[]): Sighting | undefined {
  const firing = sightings.filter(
    ({ firingAtMs, goneAtMs }) => firingAtMs !== undefined && goneAtMs === undefined,
  );
  return firing.find(({ labels }) => suspects.includes(labels.job ?? '')) ?? firing[0];
}

/** Waits until the inbox has heard that the alert fires; what it carries is kept. */
export async function awaitNotified(run: Run, { system, signal, injectedMs }: Wave) {
  const { notifyMs: timeoutMs, everyMs } = waitsOf(run.page, system.timeFactor);
  const entry = await until(
    `the notification of ${run.page.name} in the inbox`,
    () => findEntry(run, system.url('oncall') ?? '', injectedMs),
    { timeoutMs, everyMs, signal },
  );
  run.moments.notified = Date.parse(entry.receivedAt.firing ?? '');
  run.annotations = entry.annotations;
}

async function findEntry(
  { page, labels }: Run,
  inboxUrl: string,
  sinceMs: number,
): Promise<InboxAlert | undefined> {
  const { alerts } = await readInbox(inboxUrl, page.name);
  return alerts.find(
    (alert) =>
      Date.parse(alert.startsAt) >= sinceMs &&
      Object.entries(labels).every(([name, value]) => alert.labels[name] === value),
  );
}

/** The heartbeat's own drill: it is its silence that alarms. */
export async function awaitSilence(run: Run, { system, signal, injectedMs }: Wave) {
  const { fireMs: timeoutMs, everyMs } = waitsOf(run.page, system.timeFactor);
  const lateSince = await until(
    'the heartbeat to be late',
    async () => {
      const { heartbeat } = await readInbox(system.url('oncall') ?? '');
      const lateMs = Date.parse(heartbeat.lateSince ?? '');
      return heartbeat.status === 'late' && lateMs >= injectedMs && lateMs;
    },
    { timeoutMs, everyMs, signal },
  );
  run.moments.firing = lateSince;
  run.moments.notified = lateSince;
}

// What a machine that others use as well may stand still for.
const stallMs = 10_000;

/** Runs the blocks of a section; one that is not met gets a second chance within a few scrapes. */
export async function runSection(
  run: Run,
  { system, signal }: Wave,
  section: string,
  remember: Map<string, BlockResult>,
): Promise<void> {
  const timeoutMs = stallMs + 15_000 / system.timeFactor;
  for (const block of run.page.blocks.filter((each) => each.section === section)) {
    // Two pages of a wave that end one fault, or restart one service, mean one and the same.
    const key = JSON.stringify([block.type, block.code, run.labels]);
    const done = section === 'Mitigation' ? remember.get(key) : undefined;
    const result = done ?? (await insist(run, block, timeoutMs));
    remember.set(key, result);
    run.blocks.push({ ...result, line: block.line });
    signal?.throwIfAborted();
  }

  async function insist({ labels }: Run, block: Block, patienceMs: number): Promise<BlockResult> {
    const deadline = performance.now() + patienceMs;
    let result = await runBlock(system, block, labels);
    while (result.verdict === 'unmet' && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      result = await runBlock(system, block, labels);
    }
    return result;
  }
}

/** Runs the blocks of Recovery until each holds. */
export async function awaitRecovery(run: Run, { system, signal }: Wave): Promise<void> {
  const { resolveMs, everyMs } = waitsOf(run.page, system.timeFactor);
  const blocks = run.page.blocks.filter(({ section }) => section === 'Recovery');
  for (const block of blocks) {
    let last: BlockResult | undefined;
    const patience = { timeoutMs: resolveMs, everyMs: Math.max(500, everyMs), signal };
    const holds = async () => {
      last = await runBlock(system, block, run.labels);
      return last.verdict !== 'unmet' && last;
    };
    const result = await until('Recovery', holds, patience).catch(() => last);
    signal?.throwIfAborted();
    if (result) run.blocks.push(result);
  }
  run.moments.recovered = Date.now();
}

/** Waits until the ruler has resolved the alert and the inbox has the all-clear. */
export async function awaitResolved(run: Run, wave: Wave): Promise<void> {
  const { system, follower, injectedMs, signal } = wave;
  const { page, sighting } = run;
  const { resolveMs: timeoutMs, everyMs } = waitsOf(page, system.timeFactor);
  if (sighting === undefined) return;
  const isSame = ({ labels, activeAtMs }: Sighting) =>
    activeAtMs === sighting.activeAtMs &&
    JSON.stringify(labels) === JSON.stringify(sighting.labels);
  const ended = await until(
    `${page.name} to be resolved`,
    () => follower.sightings(page.name, injectedMs).find((each) => isSame(each) && each.goneAtMs),
    { timeoutMs, everyMs, signal },
  );
  const times = await timesOf(ended, run, wave);
  Object.assign(run.moments, { resolved: times.resolved, firing: times.firing });
  const entry = await until(
    `the all-clear of ${page.name} in the inbox`,
    async () => {
      const found = await findEntry(run, system.url('oncall') ?? '', injectedMs);
      return found?.status === 'resolved' && found;
    },
    { timeoutMs, everyMs, signal },
  );
  run.moments.toldResolved = Date.parse(entry.receivedAt.resolved ?? '');
  if (run.moments.notified === undefined && entry.receivedAt.firing !== null) {
    run.moments.notified = Date.parse(entry.receivedAt.firing);
  }
  run.annotations ??= entry.annotations;
}

/** Waits until the heart beats again. */
export async function awaitHeartbeat(run: Run, { system, signal }: Wave): Promise<void> {
  const { resolveMs: timeoutMs, everyMs } = waitsOf(run.page, system.timeFactor);
  await until(
    'the heartbeat to be alive again',
    async () => (await readInbox(system.url('oncall') ?? '')).heartbeat.status === 'alive',
    { timeoutMs, everyMs, signal },
  );
  run.moments.resolved = Date.now();
  run.moments.toldResolved = run.moments.resolved;
}

/** Does a step of a drill; what goes wrong is kept, and only an interruption ends the wave. */
export async function attempt(run: Run, wave: Wave, step: () => Promise<void>): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (error) {
    wave.signal?.throwIfAborted();
    run.problems.push(messageOf(error));
    return false;
  }
}
