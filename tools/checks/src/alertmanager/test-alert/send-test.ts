import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { repositoryRoot } from '@watchkeeper/stack';
import { StackError } from '@watchkeeper/stack/stack-error';
import { readAddresses } from '../../generators/addresses.ts';
import type { TestWish } from './arguments.ts';
import {
  type AlertmanagerClient,
  createAlertmanagerClient,
  type Deliveries,
  type SentAlert,
} from './client.ts';
import type { Running } from './running-system.ts';

const root = repositoryRoot;
const pollMs = 250;

/** A receiver of ours, what arrives from it in the inbox, and Alertmanager's name for its kind. */
const receivers = [
  { receiver: 'inbox', channel: 'inbox', integration: 'webhook' },
  { receiver: 'chat', channel: 'slack', integration: 'slack' },
  { receiver: 'pager', channel: 'pager', integration: 'pagerduty' },
  { receiver: 'mail', channel: 'mail', integration: 'email' },
] as const;

/** Sends one alert, says where it arrived, and ends it; resolves to the exit code. */
export async function sendTest(
  { alertmanager, inbox }: Running,
  { severity, timeoutSeconds }: TestWish,
  print: (line: string) => void,
): Promise<number> {
  const client = createAlertmanagerClient(alertmanager);
  // A job of its own: a group that has just been notified would wait for its next turn.
  const job = `test-${randomBytes(4).toString('hex')}`;
  const alert = testAlert(job, severity);
  const before = await client.deliveries();
  await arrivals(inbox, job);
  await client.send(alert);
  const sentAtMs = Date.now();
  print(`Sent TestNotification (${severity}, ${job}) to ${alertmanager}.`);
  try {
    const expected = await expectedReceivers(client, job);
    const missing = await follow(inbox, job, expected, { sentAtMs, timeoutSeconds, print });
    const after = missing.length === 0 ? before : await client.deliveries();
    const reasons = await Promise.all(
      missing.map(async (each) => ({ each, ...(await explain(each, client, job, before, after)) })),
    );
    for (const { each, text } of reasons) print(`${each.channel.padEnd(7)} ${text}`);
    print(`Look: ${inbox}/`);
    return reasons.every(({ isFine }) => isFine) ? 0 : 1;
  } finally {
    await client.send({ ...alert, endsAt: new Date().toISOString() });
  }
}

function testAlert(job: string, severity: string): SentAlert {
  const { runbooks, dashboards } = readAddresses(root);
  const startsAt = new Date();
  return {
    labels: { alertname: 'TestNotification', job, severity, component: 'test' },
    annotations: {
      summary: 'Only a test.',
      description: `Somebody ran \`npm run alert -- test\`; nothing is wrong with ${job}.`,
      runbook_url: `${runbooks}/Watchdog`,
      dashboard_url: `${dashboards}/stack`,
    },
    startsAt: startsAt.toISOString(),
    // Ends by itself where we are cut off before we can end it.
    endsAt: new Date(startsAt.getTime() + 15 * 60_000).toISOString(),
  };
}

type Receiver = (typeof receivers)[number];

/** To whom Alertmanager's own routes send it. */
async function expectedReceivers(client: AlertmanagerClient, job: string): Promise<Receiver[]> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const found = await client.find(job);
    const names = found?.receivers.map(({ name }) => name) ?? [];
    const ours = receivers.filter(({ receiver }) => names.includes(receiver));
    if (ours.length > 0) return ours;
    if (names.length > 0) {
      throw new StackError(
        `Expected the routes to lead to ${receivers.map(({ receiver }) => receiver).join(', ')}, ` +
          `got \`${names.join(', ')}\`. Look there for ${job}.`,
      );
    }
    if (Date.now() > deadline) {
      throw new StackError('Alertmanager took the alert and does not know it. See its log.');
    }
    await sleep(pollMs);
  }
}

/** Prints each arrival as it happens; returns the receivers that nothing arrived from. */
async function follow(
  inbox: string,
  job: string,
  expected: readonly Receiver[],
  {
    sentAtMs,
    timeoutSeconds,
    print,
  }: { sentAtMs: number; timeoutSeconds: number; print: (line: string) => void },
): Promise<readonly Receiver[]> {
  let missing = expected;
  while (missing.length > 0 && Date.now() < sentAtMs + timeoutSeconds * 1_000) {
    const arrived = await arrivals(inbox, job);
    for (const { channel } of missing.filter((each) => arrived.has(each.channel))) {
      const seconds = (Date.now() - sentAtMs) / 1_000;
      print(`${channel.padEnd(7)} arrived after ${seconds.toFixed(1)} s`);
    }
    missing = missing.filter(({ channel }) => !arrived.has(channel));
    if (missing.length > 0) await sleep(pollMs);
  }
  return missing;
}

/** By which channels the inbox has heard of it. */
async function arrivals(inbox: string, job: string): Promise<ReadonlySet<string>> {
  const read = async <T>(path: string) => {
    const signal = AbortSignal.timeout(5_000);
    const response = await fetch(`${inbox}${path}`, { signal }).catch((cause: unknown) => {
      throw new StackError(`Expected the inbox to answer at ${inbox}, it does not. See its log.`, {
        cause,
      });
    });
    return (await response.json()) as T;
  };
  const { alerts } = await read<{ alerts: { labels: Record<string, string> }[] }>(
    '/api/v1/alerts?alertname=TestNotification',
  );
  const { messages } = await read<{ messages: { channel: string }[] }>(
    `/api/v1/messages?job=${job}`,
  );
  const isThere = alerts.some(({ labels }) => labels.job === job);
  return new Set([...(isThere ? ['inbox'] : []), ...messages.map(({ channel }) => channel)]);
}

/** Why it is not in the inbox: sent to the real one, failed, muted, or not yet sent. */
async function explain(
  { integration, receiver }: Receiver,
  client: AlertmanagerClient,
  job: string,
  before: Deliveries,
  after: Deliveries,
): Promise<{ text: string; isFine: boolean }> {
  const grown = (kind: 'sent' | 'failed') =>
    (after.get(integration)?.[kind] ?? 0) - (before.get(integration)?.[kind] ?? 0);
  if (grown('failed') > 0) {
    const text = `FAILED: Alertmanager could not deliver to \`${receiver}\`. Its log says why.`;
    return { text, isFine: false };
  }
  if (grown('sent') > 0 && integration !== 'webhook') {
    return { text: 'sent by Alertmanager, not to this inbox: look at the real one', isFine: true };
  }
  const status = (await client.find(job))?.status;
  const { silencedBy = [], inhibitedBy = [], mutedBy = [] } = status ?? {};
  const muted = [...silencedBy, ...inhibitedBy, ...mutedBy];
  if (muted.length > 0) {
    return {
      text: `MUTED by a silence, an inhibition or quiet hours: ${muted.join(', ')}`,
      isFine: false,
    };
  }
  return { text: 'MISSING: not sent within the time limit (--timeout)', isFine: false };
}
