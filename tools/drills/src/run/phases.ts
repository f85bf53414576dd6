import { type BlockResult, runBlock } from '../blocks/run-block.ts';
import { readAlertTimestamps } from '../observation/alert-timestamps.ts';
import type { TrackedAlert } from '../observation/alert-tracker.ts';
import { type InboxAlert, readInbox } from '../observation/monitoring-clients.ts';
import { messageOf, waitUntil } from '../observation/wait-until.ts';
import type { DrillSpec } from '../runbooks/drill-page.ts';
import type { Block } from '../runbooks/page.ts';
import type { Batch, DrillRun } from './drill-run.ts';
import { timeoutsFor } from './timeouts.ts';

/** Waits until the alert fires; rejects when it does not. */
export async function waitForFiring(run: DrillRun, batch: Batch) {
  const { system, tracker, injectedMs, signal } = batch;
  const { page } = run;
  const { fireMs: timeoutMs, everyMs } = timeoutsFor(page, system.timeFactor);
  const jobs = affectedJobs(page.drill);
  const alert = await waitUntil(
    `${page.name} to fire`,
    () => choose(tracker.alertsSince(page.name, injectedMs), jobs),
    { timeoutMs, everyMs, signal },
  );
  run.alert = alert;
  run.labels = alert.labels;
  const { firstBad, pending, firing } = await measureDurations(alert, run, batch);
  Object.assign(run.timestamps, { firstBad, pending, firing });
}

/** A machine that is drilled may be too busy for one answer; that says nothing of the alert. */
function measureDurations(
  alert: TrackedAlert,
  { page }: DrillRun,
  { system, injectedMs, signal }: Batch,
) {
  const { fireMs: timeoutMs, everyMs } = timeoutsFor(page, system.timeFactor);
  return waitUntil(
    `the times of ${page.name}`,
    () => readAlertTimestamps(system, page, alert, injectedMs),
    { timeoutMs, everyMs, signal },
  );
}

/** The jobs that a drill breaks: of several alerts of one name theirs is meant. */
export function affectedJobs({ faults, halt }: DrillSpec): string[] {
  return [...(faults ?? []).map(({ app }) => app), ...(halt ?? [])];
}

function choose(
  alertsSince: readonly TrackedAlert[],
  jobs: readonly string[],
): TrackedAlert | undefined {
  const firing = alertsSince.filter(
    ({ firingAtMs, goneAtMs }) => firingAtMs !== undefined && goneAtMs === undefined,
  );
  return firing.find(({ labels }) => jobs.includes(labels.job ?? '')) ?? firing[0];
}

/** Waits until the inbox has heard that the alert fires; what it carries is kept. */
export async function waitForNotification(run: DrillRun, { system, signal, injectedMs }: Batch) {
  const { notifyMs: timeoutMs, everyMs } = timeoutsFor(run.page, system.timeFactor);
  const entry = await waitUntil(
    `the notification of ${run.page.name} in the inbox`,
    () => findEntry(run, system.url('oncall') ?? '', injectedMs),
    { timeoutMs, everyMs, signal },
  );
  run.timestamps.notified = Date.parse(entry.receivedAt.firing ?? '');
  run.annotations = entry.annotations;
}

async function findEntry(
  { page, labels }: DrillRun,
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
export async function waitForLateHeartbeat(run: DrillRun, { system, signal, injectedMs }: Batch) {
  const { fireMs: timeoutMs, everyMs } = timeoutsFor(run.page, system.timeFactor);
  const lateSince = await waitUntil(
    'the heartbeat to be late',
    async () => {
      const { heartbeat } = await readInbox(system.url('oncall') ?? '');
      const lateMs = Date.parse(heartbeat.lateSince ?? '');
      return heartbeat.status === 'late' && lateMs >= injectedMs && lateMs;
    },
    { timeoutMs, everyMs, signal },
  );
  run.timestamps.firing = lateSince;
  run.timestamps.notified = lateSince;
}

// What a machine that others use as well may stand still for.
const stallMs = 10_000;

/** Runs the blocks of a section; one that is not met gets a second chance within a few scrapes. */
export async function runSection(
  run: DrillRun,
  { system, signal }: Batch,
  section: string,
  remember: Map<string, BlockResult>,
): Promise<void> {
  const timeoutMs = stallMs + 15_000 / system.timeFactor;
  for (const block of run.page.blocks.filter((each) => each.section === section)) {
    // Two pages of a wave that end one fault, or restart one service, mean one and the same.
    const key = JSON.stringify([block.type, block.code, run.labels]);
    const done = section === 'Mitigation' ? remember.get(key) : undefined;
    const result = done ?? (await retryUntilMet(run, block, timeoutMs));
    remember.set(key, result);
    run.blocks.push({ ...result, line: block.line });
    signal?.throwIfAborted();
  }

  async function retryUntilMet(
    { labels }: DrillRun,
    block: Block,
    patienceMs: number,
  ): Promise<BlockResult> {
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
export async function waitForRecovery(run: DrillRun, { system, signal }: Batch): Promise<void> {
  const { resolveMs, everyMs } = timeoutsFor(run.page, system.timeFactor);
  const blocks = run.page.blocks.filter(({ section }) => section === 'Recovery');
  for (const block of blocks) {
    let last: BlockResult | undefined;
    const patience = { timeoutMs: resolveMs, everyMs: Math.max(500, everyMs), signal };
    const holds = async () => {
      last = await runBlock(system, block, run.labels);
      return last.verdict !== 'unmet' && last;
    };
    const result = await waitUntil('Recovery', holds, patience).catch(() => last);
    signal?.throwIfAborted();
    if (result) run.blocks.push(result);
  }
  run.timestamps.recovered = Date.now();
}

/** Waits until the ruler has resolved the alert and the inbox has the all-clear. */
export async function waitForResolved(run: DrillRun, batch: Batch): Promise<void> {
  const { system, tracker, injectedMs, signal } = batch;
  const { page, alert } = run;
  const { resolveMs: timeoutMs, everyMs } = timeoutsFor(page, system.timeFactor);
  if (alert === undefined) return;
  const isSame = ({ labels, activeAtMs }: TrackedAlert) =>
    activeAtMs === alert.activeAtMs && JSON.stringify(labels) === JSON.stringify(alert.labels);
  const ended = await waitUntil(
    `${page.name} to be resolved`,
    () => tracker.alertsSince(page.name, injectedMs).find((each) => isSame(each) && each.goneAtMs),
    { timeoutMs, everyMs, signal },
  );
  const times = await measureDurations(ended, run, batch);
  Object.assign(run.timestamps, { resolved: times.resolved, firing: times.firing });
  const entry = await waitUntil(
    `the all-clear of ${page.name} in the inbox`,
    async () => {
      const found = await findEntry(run, system.url('oncall') ?? '', injectedMs);
      return found?.status === 'resolved' && found;
    },
    { timeoutMs, everyMs, signal },
  );
  run.timestamps.resolvedNotifiedAt = Date.parse(entry.receivedAt.resolved ?? '');
  if (run.timestamps.notified === undefined && entry.receivedAt.firing !== null) {
    run.timestamps.notified = Date.parse(entry.receivedAt.firing);
  }
  run.annotations ??= entry.annotations;
}

/** Waits until the heart beats again. */
export async function waitForHeartbeat(run: DrillRun, { system, signal }: Batch): Promise<void> {
  const { resolveMs: timeoutMs, everyMs } = timeoutsFor(run.page, system.timeFactor);
  await waitUntil(
    'the heartbeat to be alive again',
    async () => (await readInbox(system.url('oncall') ?? '')).heartbeat.status === 'alive',
    { timeoutMs, everyMs, signal },
  );
  run.timestamps.resolved = Date.now();
  run.timestamps.resolvedNotifiedAt = run.timestamps.resolved;
}

/** Does a step of a drill; what goes wrong is kept, and only an interruption ends the wave. */
export async function attempt(
  run: DrillRun,
  batch: Batch,
  step: () => Promise<void>,
): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (error) {
    batch.signal?.throwIfAborted();
    run.problems.push(messageOf(error));
    return false;
  }
}
