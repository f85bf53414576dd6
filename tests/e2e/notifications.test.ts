import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Stack, startStack } from '@watchkeeper/stack';
import { sendTest } from '../../scripts/alert/send-test.ts';
import { eventually } from '../support/eventually.ts';

// On a fresh machine the first start fetches the tools from Debian's archive.
const startTimeoutMs = 300_000;
// The longest group interval becomes three seconds.
const timeFactor = 10;
const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'watchkeeper-notifications-'));

interface Message {
  readonly channel: 'slack' | 'pager' | 'mail';
  readonly status: string;
  readonly title: string;
  readonly text: string;
  readonly links: readonly { title: string; href: string }[];
}

let stack: Stack;

/** Alertmanager and the inbox alone; whoever sends alerts is the test. */
async function start(monitoringFolder?: string): Promise<Stack> {
  return startStack({
    stateFolder: mkdtempSync(join(folder, 'state-')),
    ports: 'free',
    timeFactor,
    components: ['alertmanager', 'externals'],
    ...(monitoringFolder ? { monitoringFolder } : {}),
  });
}

beforeAll(async () => {
  stack = await start();
}, startTimeoutMs);

afterAll(async () => {
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

// Said with each alert: without it Alertmanager takes an alert that ends for another one.
const startsAt = new Date().toISOString();

/** A job of its own for each test, so that no group of another is in the way. */
const newJob = () => `job-${randomBytes(4).toString('hex')}`;

async function send(
  labels: Record<string, string>,
  { isOver = false, to = stack }: { isOver?: boolean; to?: Stack } = {},
): Promise<void> {
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
  const response = await fetch(`${to.address('alertmanager')}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([alert]),
  });
  expect(response.status).toBe(200);
}

async function messagesOf(job: string, from = stack): Promise<readonly Message[]> {
  const response = await fetch(`${from.address('externals')}/api/v1/messages?job=${job}`);
  return ((await response.json()) as { messages: Message[] }).messages;
}

async function recordOf(job: string, from = stack): Promise<readonly { status: string }[]> {
  const response = await fetch(`${from.address('externals')}/api/v1/alerts`);
  const { alerts } = (await response.json()) as {
    alerts: { status: string; labels: Record<string, string> }[];
  };
  return alerts.filter(({ labels }) => labels.job === job);
}

/** The record is a receiver of its own: it may hear a moment after the channels. */
async function recordIs(job: string, status: string): Promise<void> {
  await eventually(`the record to be ${status}`, async () => {
    const record = await recordOf(job);
    return record.length === 1 && record[0]?.status === status;
  });
}

async function stateOf(job: string): Promise<string[]> {
  const filter = new URLSearchParams({ filter: `job="${job}"` });
  const response = await fetch(`${stack.address('alertmanager')}/api/v2/alerts?${filter}`);
  const alerts = (await response.json()) as { status: { state: string } }[];
  return alerts.map(({ status }) => status.state);
}

async function channelsOf(job: string, status: string, from = stack): Promise<string[]> {
  const messages = await messagesOf(job, from);
  return messages.filter((message) => message.status === status).map(({ channel }) => channel);
}

const critical = (job: string, alertname = 'HighErrorRate') => ({
  alertname,
  job,
  severity: 'critical',
  component: 'http',
});
const warning = (job: string, alertname = 'HighLatency') => ({
  ...critical(job, alertname),
  severity: 'warning',
});

test('tells pager, chat, mail and the record of a critical alert, and of its end', async () => {
  const job = newJob();
  await send(critical(job));
  await eventually('all three', async () => (await channelsOf(job, 'firing')).length === 3);
  expect((await channelsOf(job, 'firing')).sort()).toEqual(['mail', 'pager', 'slack']);
  await recordIs(job, 'firing');
  await send(critical(job), { isOver: true });
  await eventually('all three', async () => (await channelsOf(job, 'resolved')).length === 3);
  expect((await channelsOf(job, 'resolved')).sort()).toEqual(['mail', 'pager', 'slack']);
  await recordIs(job, 'resolved');
}, 150_000);

test('tells chat, mail and the record of a warning, and lets people sleep', async () => {
  const job = newJob();
  await send(warning(job));
  await eventually('both', async () => (await channelsOf(job, 'firing')).length === 2);
  // A page would come at the same time.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect((await channelsOf(job, 'firing')).sort()).toEqual(['mail', 'slack']);
  await recordIs(job, 'firing');
}, 90_000);

test('keeps an alert quiet by a silence that is made in the inbox, and ends it there', async () => {
  const job = newJob();
  await send(critical(job, 'Quiet"One'));
  await eventually('the record', async () => (await recordOf(job)).length === 1);
  const page = await (await fetch(stack.address('externals'))).text();
  const path = page
    .split(job)
    .slice(1)
    .join(job)
    .match(/href="(\/alerts\/[^"]+\/silence)"/)?.[1];
  const url = `${stack.address('externals')}${path}`;
  const open = async () => (await fetch(url)).text();
  const post = async (to: string, fields: Record<string, string>) => {
    const token = /name="token" value="([^"]+)"/.exec(await open())?.[1] ?? '';
    const body = new URLSearchParams({ ...fields, token });
    return (await fetch(to, { method: 'POST', body })).text();
  };
  const made = await post(url, { label: 'job', duration: '1h', by: 'Ada', reason: 'a test' });
  expect(made).toContain('by Ada: a test');
  await eventually('the silence', async () => (await stateOf(job))[0] === 'suppressed');
  const end = /action="([^"]+\/end)"/.exec(made)?.[1];
  expect(await post(`${stack.address('externals')}${end}`, {})).not.toContain('by Ada');
  await eventually('the end', async () => (await stateOf(job))[0] === 'active');
}, 120_000);

test('says in each channel what, how much, and where to go', async () => {
  const job = newJob();
  await send({ ...critical(job), instance: 'api:9090' });
  await eventually('all three', async () => (await messagesOf(job)).length === 3);
  const silence =
    `${stack.address('alertmanager')}/#/silences/new?filter=%7Balertname%3D%22HighErrorRate%22` +
    `%2Cjob%3D%22${job}%22%7D`;
  for (const { channel, title, text, links } of await messagesOf(job)) {
    const all = `${title}\n${text}`;
    expect(all).toContain('HighErrorRate');
    expect(all).toContain('Something is wrong.');
    // Escaped on its way, so that it reads as it was written and calls nobody.
    expect([channel, all]).toEqual([
      channel,
      expect.stringContaining(`${job} is wrong & <!channel>`),
    ]);
    expect([channel, links]).toEqual([
      channel,
      [
        { title: 'Runbook', href: expect.stringMatching(/\/runbooks\/HighErrorRate$/) },
        { title: 'Dashboard', href: expect.stringMatching(/\/d\/http$/) },
        { title: 'Silence', href: silence },
      ],
    ]);
  }
}, 60_000);

describe('inhibition', () => {
  /** Sends the cause, waits until people know, then sends the symptom; says who was told of it. */
  async function toldOfSymptom(
    cause: Record<string, string>,
    symptom: Record<string, string>,
  ): Promise<string[]> {
    await send(cause);
    await eventually('the cause', async () =>
      (await recordOf(cause.job ?? '')).some(({ status }) => status === 'firing'),
    );
    const witness = newJob();
    await send(symptom);
    await send({ ...symptom, alertname: 'Witness', job: witness });
    // Its wait began after the symptom's: when it has arrived, the symptom would have too.
    await eventually('the witness', async () => (await messagesOf(witness)).length >= 2);
    await recordIs(witness, 'firing');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const record = (await (
      await fetch(`${stack.address('externals')}/api/v1/alerts?alertname=${symptom.alertname}`)
    ).json()) as { alerts: { labels: Record<string, string> }[] };
    const kept = record.alerts.filter(({ labels }) => labels.job === symptom.job);
    await send(cause, { isOver: true });
    await send(symptom, { isOver: true });
    return kept.map(({ labels }) => labels.alertname ?? '');
  }

  test.each([
    ['a service that is down mutes its symptoms', 'ServiceDown', 'HighErrorRate', 'critical', []],
    [
      'but not wrong data',
      'ServiceDown',
      'LedgerInvariantViolated',
      'critical',
      ['LedgerInvariantViolated'],
    ],
    [
      'an exhausted pool mutes that it is high',
      'DatabasePoolExhausted',
      'DatabasePoolHigh',
      'warning',
      [],
    ],
    ['a fast burn mutes the slow one', 'ErrorBudgetBurnFast', 'ErrorBudgetBurnSlow', 'warning', []],
    ['errors mute no latency', 'HighErrorRate', 'HighLatency', 'warning', ['HighLatency']],
  ])(
    '%s',
    async (_, cause, symptom, severity, told) => {
      const job = newJob();
      expect(
        await toldOfSymptom(critical(job, cause), { ...critical(job, symptom), severity }),
      ).toEqual(told);
    },
    120_000,
  );

  test('a service that is down mutes nothing of another', async () => {
    const symptom = critical(newJob());
    expect(await toldOfSymptom(critical(newJob(), 'ServiceDown'), symptom)).toEqual([
      'HighErrorRate',
    ]);
  }, 120_000);

  test.each(['DatabasePoolWait', 'SlowQueryBurst', 'PostgresConnectionsHigh'])(
    'a database that is down mutes %s of every job',
    async (symptom) => {
      const cause = { ...critical('postgres-exporter', 'PostgresDown') };
      expect(await toldOfSymptom(cause, warning(newJob(), symptom))).toEqual([]);
    },
    120_000,
  );
});

test.each([
  ['critical', ['inbox', 'mail', 'pager', 'slack']],
  ['warning', ['inbox', 'mail', 'slack']],
] as const)(
  'the test notification says where a %s alert arrived',
  async (severity, channels) => {
    const lines: string[] = [];
    const addresses = {
      alertmanager: stack.address('alertmanager'),
      inbox: stack.address('externals'),
    };
    const wish = { severity, timeoutSeconds: 30 };
    expect(await sendTest(addresses, wish, (line) => lines.push(line))).toBe(0);
    const arrived = lines.flatMap(
      (line) => /^(\w+) +arrived after [\d.]+ s$/.exec(line)?.[1] ?? [],
    );
    expect(arrived.sort()).toEqual(channels);
  },
  60_000,
);

test('keeps the heartbeat alive by a receiver of its own', async () => {
  await send({ alertname: 'Watchdog', severity: 'none', component: 'monitoring' });
  await eventually('a beat', async () => {
    const response = await fetch(`${stack.address('externals')}/api/v1/alerts`);
    const { alerts, heartbeat } = (await response.json()) as {
      alerts: { labels: Record<string, string> }[];
      heartbeat: { status: string };
    };
    expect(alerts.some(({ labels }) => labels.alertname === 'Watchdog')).toBe(false);
    return heartbeat.status === 'alive';
  });
}, 60_000);

test('keeps warnings out of the chat in quiet hours, and in the mail', async () => {
  const monitoring = join(folder, 'monitoring');
  cpSync(join(root, 'monitoring'), monitoring, { recursive: true });
  const file = join(monitoring, 'alertmanager/alertmanager.yml');
  const shipped = readFileSync(file, 'utf8');
  const quiet = shipped
    .replace('# mute_time_intervals: [nights, weekends]', 'mute_time_intervals: [nights]')
    .replace("start_time: '22:00', end_time: '24:00'", "start_time: '00:00', end_time: '24:00'");
  writeFileSync(file, quiet);
  const night = await start(monitoring);
  try {
    const job = newJob();
    await send(warning(job), { to: night });
    await send(critical(job), { to: night });
    await eventually('the page', async () => {
      const told = await channelsOf(job, 'firing', night);
      return told.length >= 4;
    });
    // The chat of the warning would have come three seconds after it.
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    const messages = await messagesOf(job, night);
    const told = messages.map(({ channel, title }) => [channel, /High\w+/.exec(title)?.[0]]);
    expect(told.sort()).toEqual([
      ['mail', 'HighErrorRate'],
      ['mail', 'HighLatency'],
      ['pager', 'HighErrorRate'],
      ['slack', 'HighErrorRate'],
    ]);
  } finally {
    await night.stop();
  }
}, 180_000);
