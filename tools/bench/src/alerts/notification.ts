import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@watchkeeper/drills/observation/wait-until';
import { waitForTrafficAccounts } from '@watchkeeper/drills/systems/traffic-accounts';
import { type Stack, startStack } from '@watchkeeper/stack';
import { createPrometheusClient } from '@watchkeeper/testing/prometheus';
import type { Report } from '../load/report.ts';
import { type Fault, rounds } from './faults.ts';

// With the minute in which people sign in, most of the window of the rates.
const healthySeconds = 30;
const startTimeoutMs = 180_000;

/** Breaks a system at the shipped intervals, and measures when the inbox was told. */
export async function measureNotification(report: Report): Promise<void> {
  const load = loadavg().map((each) => each.toFixed(1));
  const stateFolder = mkdtempSync(join(tmpdir(), 'watchkeeper-notification-'));
  const stack = await startStack({
    ...{ stateFolder, ports: 'free', readyTimeoutMs: startTimeoutMs },
    environment: { traffic: { TRAFFIC_SIGN_UPS_PER_SECOND: '5' } },
  });
  try {
    await waitForTrafficAccounts(stack);
    await waitUntilQuiet(stack);
    await sleep(healthySeconds * 1_000);
    const [processor] = cpus();
    report.say(
      `Measured on ${new Date().toISOString().slice(0, 10)} by \`npm run bench -- alerts notification\`: ` +
        `${cpus().length} cores of ${processor?.model.trim()}, everything of \`npm start\` on the one ` +
        'machine, at the shipped intervals. Load average of the machine before it began (1, 5, 15 ' +
        `minutes): ${load.join(', ')}.`,
    );
    const rows: string[][] = [];
    for (const round of rounds) rows.push(...(await play(stack, round)));
    report.table(['fault', 'alert', 'in the inbox after, s', 'at most, s'], rows);
  } finally {
    await stack.stop();
    rmSync(stateFolder, { recursive: true, force: true });
  }
}

/** Waits until none of the expected alerts is firing already, as on a busy machine. */
async function waitUntilQuiet(stack: Stack): Promise<void> {
  const prometheus = createPrometheusClient(stack.address('prometheus'));
  const awaited = new Set(rounds.flat().map(({ alert }) => alert));
  const isQuiet = async () =>
    (await prometheus.alerts()).every(({ labels }) => !awaited.has(labels.alertname ?? ''));
  const what = `neither ${[...awaited].join(' nor ')}`;
  await waitUntil(what, isQuiet, { timeoutMs: startTimeoutMs, everyMs: 1_000 });
}

/** Injects the faults of a round one after the other, and waits for all of them at once. */
async function play(stack: Stack, round: readonly Fault[]): Promise<string[][]> {
  const undo: (() => Promise<void>)[] = [];
  const waits: Promise<string[]>[] = [];
  try {
    for (const fault of round) {
      undo.push(await fault.inject(stack));
      waits.push(follow(stack, fault, Date.now()));
    }
    return await Promise.all(waits);
  } finally {
    for (const heal of undo.reverse()) await heal();
  }
}

async function follow(stack: Stack, fault: Fault, injectedMs: number): Promise<string[]> {
  const { name, alert, jobs, atMostSeconds } = fault;
  const toldMs = await waitUntil(
    `${alert} in the inbox`,
    () => readInbox(stack, fault, injectedMs),
    {
      // Twice the bound: what is late is to be measured, too.
      timeoutMs: atMostSeconds * 2_000,
    },
  ).catch(() => undefined);
  const seconds = toldMs === undefined ? 'never' : ((toldMs - injectedMs) / 1_000).toFixed(1);
  console.error(`${name}: ${alert} of ${jobs.join(', ')} after ${seconds} s`);
  return [name, alert, seconds, `${atMostSeconds}`];
}

/** When the last of the jobs' alerts arrived, by the inbox' own clock; undefined before that. */
async function readInbox(
  stack: Stack,
  { alert, jobs }: Fault,
  injectedMs: number,
): Promise<number | undefined> {
  const url = `${stack.address('oncall')}/api/v1/alerts?alertname=${alert}`;
  const { alerts } = (await (await fetch(url)).json()) as {
    alerts: { labels: Record<string, string>; receivedAt: { firing: string | null } }[];
  };
  const told = jobs.map((job) =>
    alerts
      .filter(({ labels }) => labels.job === job)
      .map(({ receivedAt }) => Date.parse(receivedAt.firing ?? ''))
      .find((ms) => ms >= injectedMs),
  );
  if (told.some((ms) => ms === undefined)) return undefined;
  return Math.max(...(told as number[]));
}
