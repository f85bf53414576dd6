import { setTimeout as sleep } from 'node:timers/promises';
import { readInbox } from '@watchkeeper/drills/observation/monitoring-clients';
import { waitUntil } from '@watchkeeper/drills/observation/wait-until';
import { withTemporaryStack } from '@watchkeeper/drills/systems/temporary-stack';
import { waitForTrafficAccounts } from '@watchkeeper/drills/systems/traffic-accounts';
import type { Stack } from '@watchkeeper/stack';
import { createPrometheusClient } from '@watchkeeper/testing/prometheus';
import { describeMachine, type Report } from '../report/report.ts';
import { type Fault, rounds } from './faults.ts';

// With the minute in which people sign in, most of the window of the rates.
const healthySeconds = 30;
const quietTimeoutMs = 180_000;

/** Injects faults into a system at the shipped intervals, and measures the time to the inbox. */
export async function measureNotification(report: Report): Promise<void> {
  const conditions = 'everything of `npm start` on one machine, at the shipped intervals';
  report.paragraph(describeMachine('alerts notification', conditions));
  const environment = { traffic: { TRAFFIC_SIGN_UPS_PER_SECOND: '5' } };
  return withTemporaryStack({ environment }, async (stack) => {
    await waitForTrafficAccounts(stack);
    await waitForQuietAlerts(stack);
    await sleep(healthySeconds * 1_000);
    const rows: string[][] = [];
    for (const round of rounds) rows.push(...(await playRound(stack, round)));
    report.table(['fault', 'alert', 'in the inbox after, s', 'at most, s'], rows);
  });
}

/** On a busy machine one of the expected alerts may be firing already. */
async function waitForQuietAlerts(stack: Stack): Promise<void> {
  const prometheus = createPrometheusClient(stack.address('prometheus'));
  const expected = new Set(rounds.flat().map(({ alert }) => alert));
  const isQuiet = async () =>
    (await prometheus.alerts()).every(({ labels }) => !expected.has(labels.alertname ?? ''));
  const condition = `neither ${[...expected].join(' nor ')}`;
  await waitUntil(condition, isQuiet, { timeoutMs: quietTimeoutMs, everyMs: 1_000 });
}

/** Injects the faults of a round one after the other, and follows all of them at once. */
async function playRound(stack: Stack, round: readonly Fault[]): Promise<string[][]> {
  const undos: (() => Promise<void>)[] = [];
  const rows: Promise<string[]>[] = [];
  try {
    for (const fault of round) {
      undos.push(await fault.inject(stack));
      rows.push(follow(stack, fault, Date.now()));
    }
    return await Promise.all(rows);
  } finally {
    for (const undo of undos.reverse()) await undo();
  }
}

async function follow(stack: Stack, fault: Fault, injectedMs: number): Promise<string[]> {
  const { name, alert, jobs, atMostSeconds } = fault;
  // Twice the limit: a late alert is measured, too.
  const notifiedMs = await waitUntil(
    `${alert} in the inbox`,
    () => findNotified(stack, fault, injectedMs),
    { timeoutMs: atMostSeconds * 2_000 },
  ).catch(() => undefined);
  const seconds =
    notifiedMs === undefined ? 'never' : ((notifiedMs - injectedMs) / 1_000).toFixed(1);
  console.error(`${name}: ${alert} of ${jobs.join(', ')} after ${seconds} s`);
  return [name, alert, seconds, `${atMostSeconds}`];
}

/** When the last of the jobs' alerts arrived, by the inbox' clock; undefined before that. */
async function findNotified(
  stack: Stack,
  { alert, jobs }: Fault,
  injectedMs: number,
): Promise<number | undefined> {
  const { alerts } = await readInbox(stack.address('oncall'), alert);
  const arrivals = jobs.flatMap((job) => {
    const ofJob = alerts.filter(({ labels }) => labels.job === job);
    const times = ofJob.map(({ receivedAt }) => Date.parse(receivedAt.firing ?? ''));
    return times.find((ms) => ms >= injectedMs) ?? [];
  });
  return arrivals.length === jobs.length ? Math.max(...arrivals) : undefined;
}
