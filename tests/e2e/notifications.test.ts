import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { sendTestAlert } from '@watchkeeper/checks/alertmanager/test-alert/send-test';
import { startServer } from '@watchkeeper/testing/server';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';
import {
  critical,
  newJob,
  startNotifyingStack,
  useNotifyingStack,
  warning,
} from './notifying-stack.ts';

const people = useNotifyingStack();

afterAll(removeTemporaryFolders);

async function stateOf(job: string): Promise<string[]> {
  const filter = new URLSearchParams({ filter: `job="${job}"` });
  const response = await fetch(`${people.addresses.alertmanager}/api/v2/alerts?${filter}`);
  const alerts = (await response.json()) as { status: { state: string } }[];
  return alerts.map(({ status }) => status.state);
}

test('notifies pager, chat, mail and inbox of a critical alert, and of its end', async () => {
  const job = newJob();
  await people.send(critical(job));
  await waitUntil('all three', async () => (await people.channelsOf(job, 'firing')).length === 3);
  expect((await people.channelsOf(job, 'firing')).sort()).toEqual(['mail', 'pager', 'slack']);
  await people.recordIs(job, 'firing');
  await people.send(critical(job), { isOver: true });
  await waitUntil('all three', async () => (await people.channelsOf(job, 'resolved')).length === 3);
  expect((await people.channelsOf(job, 'resolved')).sort()).toEqual(['mail', 'pager', 'slack']);
  await people.recordIs(job, 'resolved');
}, 150_000);

test('notifies chat, mail and inbox of a warning, but not the pager', async () => {
  const job = newJob();
  await people.send(warning(job));
  await waitUntil('both', async () => (await people.channelsOf(job, 'firing')).length === 2);
  // A page would come at the same time.
  await sleep(1_000);
  expect((await people.channelsOf(job, 'firing')).sort()).toEqual(['mail', 'slack']);
  await people.recordIs(job, 'firing');
}, 90_000);

test('mutes an alert by a silence of the inbox, and expires it there', async () => {
  const job = newJob();
  await people.send(critical(job, 'Quiet"One'));
  await waitUntil('the record', async () => (await people.recordOf(job)).length === 1);
  const page = await (await fetch(people.addresses.inbox)).text();
  const path = page
    .split(job)
    .slice(1)
    .join(job)
    .match(/href="(\/alerts\/[^"]+\/silence)"/)?.[1];
  const url = `${people.addresses.inbox}${path}`;
  const open = async () => (await fetch(url)).text();
  const post = async (to: string, fields: Record<string, string>) => {
    const token = /name="token" value="([^"]+)"/.exec(await open())?.[1] ?? '';
    const body = new URLSearchParams({ ...fields, token });
    return (await fetch(to, { method: 'POST', body })).text();
  };
  const made = await post(url, { label: 'job', duration: '1h', author: 'Ada', comment: 'a test' });
  expect(made).toContain('by Ada: a test');
  await waitUntil('the silence', async () => (await stateOf(job))[0] === 'suppressed');
  const end = /action="([^"]+\/expire)"/.exec(made)?.[1];
  expect(await post(`${people.addresses.inbox}${end}`, { author: 'Ada' })).not.toContain('by Ada');
  await waitUntil('the end', async () => (await stateOf(job))[0] === 'active');
}, 120_000);

test('has summary, description and links in each channel', async () => {
  const job = newJob();
  await people.send({ ...critical(job), instance: 'api:9090' });
  await waitUntil('all three', async () => (await people.messagesOf(job)).length === 3);
  const silence =
    `${people.addresses.alertmanager}/#/silences/new?filter=%7Balertname%3D%22HighErrorRate%22` +
    `%2Csystem%3D%22${job}%22%7D`;
  for (const { channel, title, text, links } of await people.messagesOf(job)) {
    const all = `${title}\n${text}`;
    expect(all).toContain('HighErrorRate');
    expect(all).toContain('Something is wrong.');
    // Escaped, so that it is shown as written and mentions nobody.
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

test.each([
  ['critical', ['inbox', 'mail', 'pager', 'slack']],
  ['warning', ['inbox', 'mail', 'slack']],
] as const)(
  'the test notification prints where a %s alert arrived',
  async (severity, channels) => {
    const lines: string[] = [];
    const options = { severity, timeoutSeconds: 30 };
    expect(await sendTestAlert(people.addresses, options, (line) => lines.push(line))).toBe(0);
    const arrived = lines.flatMap(
      (line) => /^(\w+) +arrived after [\d.]+ s$/.exec(line)?.[1] ?? [],
    );
    expect(arrived.sort()).toEqual(channels);
  },
  60_000,
);

test('keeps the heartbeat alive by a receiver of its own', async () => {
  await people.send({ alertname: 'Watchdog', severity: 'none', component: 'monitoring' });
  await waitUntil('a beat', async () => {
    const response = await fetch(`${people.addresses.inbox}/api/v1/alerts`);
    const { alerts, heartbeat } = (await response.json()) as {
      alerts: { labels: Record<string, string> }[];
      heartbeat: { status: string };
    };
    expect(alerts.some(({ labels }) => labels.alertname === 'Watchdog')).toBe(false);
    return heartbeat.status === 'alive';
  });
}, 60_000);

test('sends the heartbeat elsewhere: to a hosted service, and to a watcher by its token', async () => {
  const beats: (string | undefined)[][] = [];
  const elsewhere = await startServer((request, response) => {
    beats.push([request.url, request.headers.authorization]);
    response.end('ok');
  });
  const monitoring = makeTemporaryFolder('heartbeat');
  cpSync(join(import.meta.dirname, '../../monitoring'), monitoring, { recursive: true });
  const secrets = join(monitoring, 'alertmanager/secrets');
  mkdirSync(secrets, { recursive: true });
  writeFileSync(join(secrets, 'heartbeat-url'), `${elsewhere.url}/ping/5f3c\n`);
  writeFileSync(join(secrets, 'watcher-url'), `${elsewhere.url}/heartbeat\n`);
  writeFileSync(join(secrets, 'watcher-token'), 't0ken\n');
  const file = join(monitoring, 'alertmanager/alertmanager.yml');
  const shipped = /- url: http:\/\/oncall:8025\/webhooks\/heartbeat\n.*\n\s+send_resolved: false/;
  const page = readFileSync(join(import.meta.dirname, '../../docs/notifications.md'), 'utf8');
  const [, documented = ''] = /^```yaml\n(- url_file: [\s\S]+?)^```/m.exec(page) ?? [];
  const receiver = documented.trimEnd().replaceAll('\n', '\n      ');
  writeFileSync(file, readFileSync(file, 'utf8').replace(shipped, receiver));
  const stack = await startNotifyingStack({ monitoringFolder: monitoring });
  try {
    await stack.send({ alertname: 'Watchdog', severity: 'none', component: 'monitoring' });
    await waitUntil('two beats each', () => beats.length >= 4);
    expect(beats.slice(0, 2)).toEqual(
      expect.arrayContaining([
        ['/ping/5f3c', undefined],
        ['/heartbeat', 'Bearer t0ken'],
      ]),
    );
  } finally {
    await stack.stop();
    await elsewhere.close();
  }
}, 180_000);

test('sends warnings by mail but not to the chat in quiet hours', async () => {
  const monitoring = makeTemporaryFolder('quiet-hours');
  cpSync(join(import.meta.dirname, '../../monitoring'), monitoring, { recursive: true });
  const file = join(monitoring, 'alertmanager/alertmanager.yml');
  const shipped = readFileSync(file, 'utf8');
  const quiet = shipped
    .replace('# mute_time_intervals: [nights, weekends]', 'mute_time_intervals: [nights]')
    .replace("start_time: '22:00', end_time: '24:00'", "start_time: '00:00', end_time: '24:00'");
  writeFileSync(file, quiet);
  const night = await startNotifyingStack({ monitoringFolder: monitoring });
  try {
    const job = newJob();
    await night.send(warning(job));
    await night.send(critical(job));
    await waitUntil('all four', async () => (await night.channelsOf(job, 'firing')).length >= 4);
    // The chat of the warning would have come three seconds after it.
    await sleep(4_000);
    const messages = await night.messagesOf(job);
    const notified = messages.map(({ channel, title }) => [channel, /High\w+/.exec(title)?.[0]]);
    expect(notified.sort()).toEqual([
      ['mail', 'HighErrorRate'],
      ['mail', 'HighLatency'],
      ['pager', 'HighErrorRate'],
      ['slack', 'HighErrorRate'],
    ]);
  } finally {
    await night.stop();
  }
}, 180_000);
