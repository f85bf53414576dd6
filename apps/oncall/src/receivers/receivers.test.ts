import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { alert, notification } from '../testing/notifications.ts';
import { makeFolder, startInbox, type TestInbox } from '../testing/test-inbox.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let app: TestInbox;

beforeEach(async () => {
  folder = await makeFolder();
  app = await startInbox(folder.file, { INBOX_CAPACITY: '3' });
});

afterEach(async () => {
  await app.stop();
  await folder.remove();
});

const slack = (changes: object = {}) => ({
  attachments: [
    {
      title: '[FIRING:1] HighErrorRate · api',
      title_link: 'http://localhost:8025/runbooks/HighErrorRate',
      text: '*More fails.*\n• 5 &lt; 6 &amp; <!channel>\n<http://a.example/r|Runbook> · <http://a.example/d?a=1&amp;b=2>',
      color: 'danger',
      fields: [
        { title: 'Alert', value: 'HighErrorRate', short: true },
        { title: 'Service', value: 'api', short: true },
      ],
      ...changes,
    },
  ],
});

const event = (changes: object = {}) => ({
  routing_key: 'any',
  event_action: 'trigger',
  dedup_key: 'key',
  payload: {
    summary: 'HighErrorRate · api: More fails.',
    source: 'Watchkeeper',
    severity: 'critical',
    class: 'HighErrorRate',
    group: 'api',
    custom_details: { firing: '- one\n', count: 2 },
  },
  links: [{ href: 'http://a.example/r', text: 'Runbook' }],
  ...changes,
});

async function messages(query = ''): Promise<Record<string, unknown>[]> {
  const response = await app.get(`/api/v1/messages${query}`);
  return ((await response.json()) as { messages: Record<string, unknown>[] }).messages;
}

test('takes what Slack takes, and shows what its readers would see', async () => {
  const response = await app.post(slack(), '/slack/webhook');
  expect([response.status, await response.text()]).toEqual([200, 'ok']);
  expect(await messages()).toMatchObject([
    {
      channel: 'slack',
      status: 'firing',
      alertname: 'HighErrorRate',
      job: 'api',
      title: '[FIRING:1] HighErrorRate · api',
      text: '*More fails.*\n• 5 < 6 & <!channel>\nRunbook · http://a.example/d?a=1&b=2',
      links: [
        { title: 'Runbook', href: 'http://a.example/r' },
        { title: 'http://a.example/d?a=1&b=2', href: 'http://a.example/d?a=1&b=2' },
      ],
    },
  ]);
});

test.each([
  ['no message', {}, 'no_text'],
  ['a list', [], 'invalid_payload'],
  ['text that is a number', { text: 7 }, 'invalid_payload'],
  ['attachments that are text', { attachments: 'none' }, 'invalid_payload'],
])('refuses %s as Slack does', async (_, body, answer) => {
  const response = await app.post(body, '/slack/webhook');
  expect([response.status, await response.text()]).toEqual([400, answer]);
  expect(await messages()).toEqual([]);
  expect(app.linesOf('inbox_message_refused')).toMatchObject([
    { channel: 'slack', problem: answer },
  ]);
});

test('refuses what is no JSON as Slack does', async () => {
  const response = await app.postText('payload', 'application/json', '/slack/webhook');
  expect([response.status, await response.text()]).toEqual([400, 'invalid_payload']);
});

test('takes what PagerDuty takes, and knows the incident when it is resolved', async () => {
  const response = await app.post(event(), '/pagerduty/v2/enqueue');
  expect([response.status, await response.json()]).toEqual([
    202,
    { status: 'success', message: 'Event processed', dedup_key: 'key' },
  ]);
  const resolve = { routing_key: 'any', event_action: 'resolve', dedup_key: 'key' };
  expect((await app.post(resolve, '/pagerduty/v2/enqueue')).status).toBe(202);
  expect(await messages('?channel=pager')).toMatchObject([
    { status: 'resolved', alertname: 'HighErrorRate', job: 'api' },
    {
      status: 'firing',
      alertname: 'HighErrorRate',
      job: 'api',
      title: 'HighErrorRate · api: More fails.',
      text: 'severity: critical\nfiring: - one\ncount: 2',
      links: [{ title: 'Runbook', href: 'http://a.example/r' }],
    },
  ]);
});

test.each([
  ['no routing key', { routing_key: '' }, "'routing_key' is missing or blank"],
  [
    'an unknown action',
    { event_action: 'page' },
    "'event_action' must be trigger, acknowledge or resolve",
  ],
  ['no payload', { payload: undefined }, "'payload' is missing"],
  [
    'a severity of our own',
    { payload: { ...event().payload, severity: 'none' } },
    "'payload.severity' must be critical, error, warning or info",
  ],
  [
    'no source',
    { payload: { ...event().payload, source: undefined } },
    "'payload.source' is missing or blank",
  ],
  ['a resolve of nothing', { event_action: 'resolve', dedup_key: '' }, "'dedup_key' is missing"],
])('refuses %s as PagerDuty does', async (_, changes, problem) => {
  const response = await app.post(event(changes), '/pagerduty/v2/enqueue');
  expect([response.status, await response.json()]).toEqual([
    400,
    { status: 'invalid event', message: 'Event object is invalid', errors: [problem] },
  ]);
  expect(await messages()).toEqual([]);
  expect(await app.renderMetrics()).toContain(
    'inbox_messages_total{channel="pager",result="refused"} 1',
  );
});

test('keeps the newest messages within its capacity, cut to a length, over a restart', async () => {
  for (const title of ['one', 'two', 'three', 'four']) {
    await app.post(slack({ title, text: 'x'.repeat(100_000) }), '/slack/webhook');
  }
  const before = await messages();
  expect(before.map(({ title }) => title)).toEqual(['four', 'three', 'two']);
  expect(String(before[0]?.text)).toHaveLength(8_000);
  await app.stop();
  app = await startInbox(folder.file, { INBOX_CAPACITY: '3' });
  expect(await messages()).toEqual(before);
});

test('finds messages by channel, alert and job, and names a wrong wish', async () => {
  await app.post(slack(), '/slack/webhook');
  await app.post(event(), '/pagerduty/v2/enqueue');
  expect(await messages('?channel=slack')).toHaveLength(1);
  expect(await messages('?alertname=HighErrorRate&job=api')).toHaveLength(2);
  expect(await messages('?job=gateway')).toEqual([]);
  const response = await app.get('/api/v1/messages?channel=fax');
  expect([response.status, await response.json()]).toMatchObject([
    400,
    {
      validationErrors: [
        { field: 'query.channel', message: 'Expected one of `slack`, `pager`, `mail`.' },
      ],
    },
  ]);
});

test('shows by which channels people were told of which alert', async () => {
  await app.post(notification(alert()));
  await app.post(slack(), '/slack/webhook');
  await app.post(event(), '/pagerduty/v2/enqueue');
  await app.post(
    event({ payload: { ...event().payload, group: 'gateway' } }),
    '/pagerduty/v2/enqueue',
  );
  const told = [...(await app.page()).matchAll(/<li class="(\w+)">\w+ <span>×(\d+)</g)];
  expect(told.map(([, channel, count]) => [channel, count])).toEqual([
    ['webhook', '1'],
    ['slack', '1'],
    ['pager', '1'],
  ]);
});

test('answers 503 when it cannot store, so that Alertmanager tries again', async () => {
  await app.inbox.close();
  expect((await app.post(slack(), '/slack/webhook')).status).toBe(503);
  expect((await app.post(event(), '/pagerduty/v2/enqueue')).status).toBe(503);
});
