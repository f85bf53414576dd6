import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { repositoryRoot as root } from '@watchkeeper/stack';
import { StackError } from '@watchkeeper/stack/stack-error';
import { readAddresses } from '../../generators/addresses.ts';
import type { parseArguments } from './arguments.ts';
import {
  type AlertmanagerClient,
  createAlertmanagerClient,
  type Deliveries,
  type findRunningSystem,
  request,
  type SentAlert,
} from './client.ts';

const pollMs = 250;

/** Our receivers, their channel in the inbox, and Alertmanager's name of the integration. */
const receivers = [
  { receiver: 'inbox', channel: 'inbox', integration: 'webhook' },
  { receiver: 'chat', channel: 'slack', integration: 'slack' },
  { receiver: 'pager', channel: 'pager', integration: 'pagerduty' },
  { receiver: 'mail', channel: 'mail', integration: 'email' },
] as const;

/** Sends one alert, prints where it arrived, and resolves it. Resolves to the exit code. */
export async function sendTestAlert(
  { alertmanager, inbox }: Awaited<ReturnType<typeof findRunningSystem>>,
  { severity, timeoutSeconds }: NonNullable<ReturnType<typeof parseArguments>>,
  print: (line: string) => void,
): Promise<number> {
  const client = createAlertmanagerClient(alertmanager);
  // A job of its own: a group that was just notified would wait for the next interval.
  const job = `test-${randomBytes(4).toString('hex')}`;
  const alert = testAlert(job, severity);
  const before = await client.deliveries();
  await readChannels(inbox, job);
  await client.send(alert);
  const sentAtMs = Date.now();
  print(`Sent TestNotification (${severity}, ${job}) to ${alertmanager}.`);
  try {
    const expected = await expectedReceivers(client, job);
    let missing: readonly Receiver[] = expected;
    while (missing.length > 0 && Date.now() < sentAtMs + timeoutSeconds * 1_000) {
      const arrived = await readChannels(inbox, job);
      for (const { channel } of missing.filter((each) => arrived.has(each.channel))) {
        const seconds = (Date.now() - sentAtMs) / 1_000;
        print(`${channel.padEnd(7)} arrived after ${seconds.toFixed(1)} s`);
      }
      missing = missing.filter(({ channel }) => !arrived.has(channel));
      if (missing.length > 0) await sleep(pollMs);
    }
    const after = missing.length === 0 ? before : await client.deliveries();
    let exitCode = 0;
    for (const each of missing) {
      const { text, isOk } = await explain(each, client, job, before, after);
      print(`${each.channel.padEnd(7)} ${text}`);
      if (!isOk) exitCode = 1;
    }
    print(`Inbox: ${inbox}/`);
    return exitCode;
  } finally {
    await client.send({ ...alert, endsAt: new Date().toISOString() });
  }
}

function testAlert(job: string, severity: string): SentAlert {
  const { runbooks, dashboards } = readAddresses(root);
  const startsAt = new Date();
  return {
    labels: { alertname: 'TestNotification', job, system: job, severity, component: 'test' },
    annotations: {
      summary: 'Only a test.',
      description: `Sent by \`npm run alert -- test\`; nothing is wrong with ${job}.`,
      runbook_url: `${runbooks}/Watchdog`,
      dashboard_url: `${dashboards}/stack`,
    },
    startsAt: startsAt.toISOString(),
    // Resolves by itself if this process ends first.
    endsAt: new Date(startsAt.getTime() + 15 * 60_000).toISOString(),
  };
}

type Receiver = (typeof receivers)[number];

/** The receivers that Alertmanager's own routes choose. */
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
          `got \`${names.join(', ')}\`. Look for ${job} there.`,
      );
    }
    if (Date.now() > deadline) {
      throw new StackError('Alertmanager accepted the alert but does not list it. See its log.');
    }
    await sleep(pollMs);
  }
}

/** The channels by which it has reached the inbox. */
async function readChannels(inbox: string, job: string): Promise<ReadonlySet<string>> {
  const read = async <T>(path: string): Promise<T> =>
    (await (await request('the inbox', `${inbox}${path}`)).json()) as T;
  const { alerts } = await read<{ alerts: { labels: Record<string, string> }[] }>(
    '/api/v1/alerts?alertname=TestNotification',
  );
  const { messages } = await read<{ messages: { channel: string }[] }>(
    `/api/v1/messages?job=${job}`,
  );
  const isInInbox = alerts.some(({ labels }) => labels.job === job);
  return new Set([...(isInInbox ? ['inbox'] : []), ...messages.map(({ channel }) => channel)]);
}

/** Why it is not in the inbox: sent to the real service, failed, muted, or not yet sent. */
async function explain(
  { integration, receiver }: Receiver,
  client: AlertmanagerClient,
  job: string,
  before: Deliveries,
  after: Deliveries,
): Promise<{ text: string; isOk: boolean }> {
  const grown = (kind: 'sent' | 'failed') =>
    (after.get(integration)?.[kind] ?? 0) - (before.get(integration)?.[kind] ?? 0);
  if (grown('failed') > 0) {
    const text = `FAILED: Alertmanager could not deliver to \`${receiver}\`. See its log.`;
    return { text, isOk: false };
  }
  if (grown('sent') > 0 && integration !== 'webhook') {
    return { text: 'sent by Alertmanager to the real service, not to this inbox', isOk: true };
  }
  const status = (await client.find(job))?.status;
  const { silencedBy = [], inhibitedBy = [], mutedBy = [] } = status ?? {};
  const muted = [...silencedBy, ...inhibitedBy, ...mutedBy];
  if (muted.length > 0) {
    const text = `MUTED by a silence, an inhibition or quiet hours: ${muted.join(', ')}`;
    return { text, isOk: false };
  }
  return { text: 'MISSING: not sent within the time limit (--timeout)', isOk: false };
}
