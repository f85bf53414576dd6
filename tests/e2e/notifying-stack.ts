import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { startStack } from '@watchkeeper/stack';
import { makeTemporaryFolder } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';

type Labels = Readonly<Record<string, string>>;

/** A message to a channel, as the inbox keeps it. */
export interface Message {
  readonly channel: 'slack' | 'pager' | 'mail';
  readonly status: string;
  readonly title: string;
  readonly text: string;
  readonly links: readonly { title: string; href: string }[];
}

/** Alertmanager and the inbox alone, as shipped; the test sends the alerts. */
type NotifyingStack = Awaited<ReturnType<typeof startNotifyingStack>>;

/** On a fresh machine the first start fetches the tools from Debian's archive. */
const startTimeoutMs = 300_000;
// The longest group interval becomes three seconds.
const defaultTimeFactor = 10;
// Sent with each alert: without it, Alertmanager takes an ended alert for another one.
const startsAt = new Date().toISOString();

/** A job of its own for each test, so that their groups differ. */
export const newJob = (): string => `job-${randomBytes(4).toString('hex')}`;

/** The labels of a critical alert, as Prometheus sends one of a job that no system has. */
export const critical = (job: string, alertname = 'HighErrorRate') => ({
  ...{ alertname, job, system: job },
  ...{ severity: 'critical', component: 'http' },
});

/** The labels of a warning. */
export const warning = (job: string, alertname = 'HighLatency') => ({
  ...critical(job, alertname),
  severity: 'warning',
});

/** Starts one for all tests of a file, and stops it after them. */
export function useNotifyingStack(): NotifyingStack {
  const people = {} as NotifyingStack;
  beforeAll(async () => {
    Object.assign(people, await startNotifyingStack());
  }, startTimeoutMs);
  // Nothing to stop where the start failed.
  afterAll(() => people.stop?.(), 60_000);
  return people;
}

/** With the shipped configuration by default. */
export async function startNotifyingStack({
  monitoringFolder,
  timeFactor = defaultTimeFactor,
}: {
  monitoringFolder?: string;
  timeFactor?: number;
} = {}) {
  const folder = makeTemporaryFolder('notifications');
  const stack = await startStack({
    stateFolder: folder,
    ports: 'free',
    timeFactor,
    components: ['alertmanager', 'oncall'],
    ...(monitoringFolder ? { monitoringFolder } : {}),
  });
  const addresses = {
    alertmanager: stack.address('alertmanager'),
    inbox: stack.address('oncall'),
  };

  async function send(labels: Labels, { isOver = false } = {}): Promise<void> {
    const alert = {
      labels,
      annotations: {
        summary: 'Something is wrong.',
        description: `${labels.job} is wrong & <!channel> knows.`,
        runbook_url: `http://localhost:8025/runbooks/${labels.alertname}`,
        dashboard_url: 'http://localhost:3001/d/http',
      },
      startsAt,
      endsAt: new Date(Date.now() + (isOver ? 0 : 600_000)).toISOString(),
    };
    const response = await fetch(`${addresses.alertmanager}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([alert]),
    });
    expect(response.status).toBe(200);
  }

  async function messagesOf(job: string): Promise<readonly Message[]> {
    const response = await fetch(`${addresses.inbox}/api/v1/messages?job=${job}`);
    return ((await response.json()) as { messages: Message[] }).messages;
  }

  async function recordOf(job: string): Promise<readonly { status: string; labels: Labels }[]> {
    const response = await fetch(`${addresses.inbox}/api/v1/alerts`);
    const { alerts } = (await response.json()) as { alerts: { status: string; labels: Labels }[] };
    return alerts.filter(({ labels }) => labels.job === job);
  }

  return {
    addresses,
    send,
    messagesOf,
    recordOf,
    /** The inbox has a receiver of its own, which may come a moment after the channels. */
    async recordIs(job: string, status: string): Promise<void> {
      await waitUntil(`the record to be ${status}`, async () => {
        const record = await recordOf(job);
        return record.length === 1 && record[0]?.status === status;
      });
    },
    async channelsOf(job: string, status: string): Promise<string[]> {
      const messages = await messagesOf(job);
      return messages.filter((message) => message.status === status).map(({ channel }) => channel);
    },
    async stop(): Promise<void> {
      await stack.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
