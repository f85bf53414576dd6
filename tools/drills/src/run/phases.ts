import { setTimeout as sleep } from 'node:timers/promises';
import { type BlockResult, runBlock } from '../blocks/run-block.ts';
import { readAlertTimestamps } from '../observation/alert-timestamps.ts';
import type { TrackedAlert } from '../observation/alert-tracker.ts';
import { type InboxAlert, mutersOf, readInbox } from '../observation/monitoring-clients.ts';
import { messageOf, waitUntil } from '../observation/wait-until.ts';
import type { DrillSpec } from '../runbooks/drill-page.ts';
import type { Block } from '../runbooks/page.ts';
import type { Batch, DrillRun } from './drill-run.ts';
import { timeoutsFor } from './timeouts.ts';

type TimeoutName = Exclude<keyof ReturnType<typeof timeoutsFor>, 'everyMs'>;

function waitOptions({ page }: DrillRun, { system, signal }: Batch, name: TimeoutName) {
  const timeouts = timeoutsFor(page, system.timeFactor);
  return { timeoutMs: timeouts[name], everyMs: timeouts.everyMs, signal };
}

export async function waitForFiring(run: DrillRun, batch: Batch): Promise<void> {
  const { page } = run;
  const jobs = affectedJobs(page.drill);
  const alert = await waitUntil(
    `${page.name} to fire`,
    () => chooseFiring(batch.tracker.alertsSince(page.name, batch.injectedMs), jobs),
    waitOptions(run, batch, 'fireMs'),
  );
  run.alert = alert;
  run.labels = alert.labels;
  const { firstBad, pending, firing } = await readTimestamps(alert, run, batch);
  Object.assign(run.timestamps, { firstBad, pending, firing });
}

/** Repeated: during a drill the machine may be too busy to answer every time. */
function readTimestamps(alert: TrackedAlert, run: DrillRun, batch: Batch) {
  return waitUntil(
    `the timestamps of ${run.page.name}`,
    () => readAlertTimestamps(batch.system, run.page, alert, batch.injectedMs),
    waitOptions(run, batch, 'fireMs'),
  );
}

/** The jobs in which a drill injects its faults. */
export function affectedJobs({ faults, halt, crash }: DrillSpec): string[] {
  const crashed = crash === undefined ? [] : [crash.app];
  return [...(faults ?? []).map(({ app }) => app), ...(halt ?? []), ...crashed];
}

function chooseFiring(alerts: readonly TrackedAlert[], jobs: readonly string[]) {
  const firing = alerts.filter(
    ({ firingAtMs, goneAtMs }) => firingAtMs !== undefined && goneAtMs === undefined,
  );
  return firing.find(({ labels }) => jobs.includes(labels.job ?? '')) ?? firing[0];
}

export async function waitForNotification(run: DrillRun, batch: Batch): Promise<void> {
  const find = async () => {
    const found = await findInboxAlert(run, batch);
    if (found) return found;
    const muters = await mutersOf(batch.system.url('alertmanager') ?? '', run.page.name);
    // Until the time is up, when it is the last error.
    if (muters.length > 0) throw new Error(`Muted by ${muters.join(', ')}.`);
    return undefined;
  };
  const entry = await waitUntil(
    `the notification of ${run.page.name} in the inbox`,
    find,
    waitOptions(run, batch, 'notifyMs'),
  );
  run.timestamps.notified = Date.parse(entry.receivedAt.firing ?? '');
  run.annotations = entry.annotations;
}

/** The symptoms of a cause arrive later than it; then nobody is notified of them. */
export async function waitForMuted(run: DrillRun, batch: Batch): Promise<void> {
  for (const name of run.page.drill.mutes ?? []) {
    await waitUntil(
      `${run.page.name} to mute ${name}`,
      async () => (await mutersOf(batch.system.url('alertmanager') ?? '', name)).length > 0,
      waitOptions(run, batch, 'fireMs'),
    );
    batch.log(`${run.page.name} mutes ${name}`);
  }
}

async function findInboxAlert(
  { page, labels }: DrillRun,
  { system, injectedMs }: Batch,
): Promise<InboxAlert | undefined> {
  const { alerts } = await readInbox(system.url('oncall') ?? '', page.name);
  return alerts.find(
    (alert) =>
      Date.parse(alert.startsAt) >= injectedMs &&
      Object.entries(labels).every(([name, value]) => alert.labels[name] === value),
  );
}

/** For the drill of the heartbeat, whose silence is the alarm. */
export async function waitForLateHeartbeat(run: DrillRun, batch: Batch): Promise<void> {
  const lateSince = await waitUntil(
    'the heartbeat to be late',
    async () => {
      const { heartbeat } = await readInbox(batch.system.url('oncall') ?? '');
      const lateMs = Date.parse(heartbeat.lateSince ?? '');
      return heartbeat.status === 'late' && lateMs >= batch.injectedMs && lateMs;
    },
    waitOptions(run, batch, 'fireMs'),
  );
  run.timestamps.firing = lateSince;
  run.timestamps.notified = lateSince;
}

// How long a machine that others use as well may stand still.
const stallMs = 10_000;

/** Runs the blocks of a section; an unmet one is repeated for a few scrape intervals. */
export async function runSection(
  run: DrillRun,
  { system, signal }: Batch,
  section: string,
  results: Map<string, BlockResult>,
): Promise<void> {
  const timeoutMs = stallMs + 15_000 / system.timeFactor;
  for (const block of run.page.blocks.filter((each) => each.section === section)) {
    // Pages of a batch that undo the same fault, or restart the same service, share the result.
    const key = JSON.stringify([block.type, block.code, run.labels]);
    const shared = section === 'Mitigation' ? results.get(key) : undefined;
    const result = shared ?? (await runUntilMet(block));
    results.set(key, result);
    run.blocks.push({ ...result, line: block.line });
    signal?.throwIfAborted();
  }

  async function runUntilMet(block: Block): Promise<BlockResult> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const result = await runBlock(system, block, run.labels);
      if (result.verdict !== 'unmet' || performance.now() >= deadline) return result;
      await sleep(500);
    }
  }
}

/** Runs each block of Recovery until it is met. */
export async function waitForRecovery(run: DrillRun, batch: Batch): Promise<void> {
  const { everyMs, ...options } = waitOptions(run, batch, 'resolveMs');
  const blocks = run.page.blocks.filter(({ section }) => section === 'Recovery');
  for (const block of blocks) {
    let last: BlockResult | undefined;
    const isMet = async () => {
      last = await runBlock(batch.system, block, run.labels);
      return last.verdict !== 'unmet';
    };
    await waitUntil('Recovery', isMet, { ...options, everyMs: Math.max(500, everyMs) }).catch(
      () => {},
    );
    batch.signal?.throwIfAborted();
    if (last) run.blocks.push(last);
  }
  run.timestamps.recovered = Date.now();
}

/** Waits until the ruler has resolved the alert and the inbox has the resolved notification. */
export async function waitForResolved(run: DrillRun, batch: Batch): Promise<void> {
  const { page, alert } = run;
  if (alert === undefined) return;
  const options = waitOptions(run, batch, 'resolveMs');
  const isSame = ({ labels, activeAtMs }: TrackedAlert) =>
    activeAtMs === alert.activeAtMs && JSON.stringify(labels) === JSON.stringify(alert.labels);
  const ended = await waitUntil(
    `${page.name} to be resolved`,
    () =>
      batch.tracker
        .alertsSince(page.name, batch.injectedMs)
        .find((each) => isSame(each) && each.goneAtMs),
    options,
  );
  const { resolved, firing } = await readTimestamps(ended, run, batch);
  Object.assign(run.timestamps, { resolved, firing });
  // The drill has failed; what nobody was notified of ends unnoticed.
  if (page.drill.outcome === 'fires' && run.timestamps.notified === undefined) return;
  const entry = await waitUntil(
    `the resolved notification of ${page.name} in the inbox`,
    async () => {
      const found = await findInboxAlert(run, batch);
      return found?.status === 'resolved' && found;
    },
    options,
  );
  run.timestamps.resolvedNotifiedAt = Date.parse(entry.receivedAt.resolved ?? '');
  if (run.timestamps.notified === undefined && entry.receivedAt.firing !== null) {
    run.timestamps.notified = Date.parse(entry.receivedAt.firing);
  }
  run.annotations ??= entry.annotations;
}

export async function waitForHeartbeat(run: DrillRun, batch: Batch): Promise<void> {
  await waitUntil(
    'the heartbeat to be alive again',
    async () => (await readInbox(batch.system.url('oncall') ?? '')).heartbeat.status === 'alive',
    waitOptions(run, batch, 'resolveMs'),
  );
  run.timestamps.resolved = Date.now();
  run.timestamps.resolvedNotifiedAt = run.timestamps.resolved;
}

/** Keeps an error as a problem of the drill; only an interruption ends the batch. */
export async function attempt(run: DrillRun, batch: Batch, step: () => Promise<void>) {
  try {
    await step();
    return true;
  } catch (error) {
    batch.signal?.throwIfAborted();
    run.problems.push(messageOf(error));
    return false;
  }
}
