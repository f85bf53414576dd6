import { expect, test } from '@jest/globals';
import { alert, notification } from '../testing/notifications.ts';
import { startInbox, useInbox } from '../testing/test-inbox.ts';

const inbox = useInbox({ INBOX_CAPACITY: '3' });

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
  const response = await inbox.app.get(`/api/v1/messages${query}`);
  return ((await response.json()) as { messages: Record<string, unknown>[] }).messages;
}

test('accepts a Slack message and shows it as its readers would see it', async () => {
  const response = await inbox.app.post(slack(), '/slack/webhook');
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
  const response = await inbox.app.post(body, '/slack/webhook');
  expect([response.status, await response.text()]).toEqual([400, answer]);
  expect(await messages()).toEqual([]);
  expect(inbox.app.linesOf('inbox_message_refused')).toMatchObject([
    { channel: 'slack', problem: answer },
  ]);
});

test('refuses invalid JSON as Slack does', async () => {
  const response = await inbox.app.postText('payload', 'application/json', '/slack/webhook');
  expect([response.status, await response.text()]).toEqual([400, 'invalid_payload']);
});

test('accepts a PagerDuty event and finds its incident when it is resolved', async () => {
  const response = await inbox.app.post(event(), '/pagerduty/v2/enqueue');
  expect([response.status, await response.json()]).toEqual([
    202,
    { status: 'success', message: 'Event processed', dedup_key: 'key' },
  ]);
  const resolve = { routing_key: 'any', event_action: 'resolve', dedup_key: 'key' };
  expect((await inbox.app.post(resolve, '/pagerduty/v2/enqueue')).status).toBe(202);
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
  const response = await inbox.app.post(event(changes), '/pagerduty/v2/enqueue');
  expect([response.status, await response.json()]).toEqual([
    400,
    { status: 'invalid event', message: 'Event object is invalid', errors: [problem] },
  ]);
  expect(await messages()).toEqual([]);
  expect(await inbox.app.renderMetrics()).toContain(
    'inbox_messages_total{channel="pager",result="refused"} 1',
  );
});

test('keeps the newest messages within its capacity, truncated, across a restart', async () => {
  for (const title of ['one', 'two', 'three', 'four']) {
    await inbox.app.post(slack({ title, text: 'x'.repeat(100_000) }), '/slack/webhook');
  }
  const before = await messages();
  expect(before.map(({ title }) => title)).toEqual(['four', 'three', 'two']);
  expect(String(before[0]?.text)).toHaveLength(8_000);
  await inbox.app.stop();
  inbox.app = await startInbox(inbox.file, { INBOX_CAPACITY: '3' });
  expect(await messages()).toEqual(before);
});

test('filters messages by channel, alert and job, and names an invalid filter', async () => {
  await inbox.app.post(slack(), '/slack/webhook');
  await inbox.app.post(event(), '/pagerduty/v2/enqueue');
  expect(await messages('?channel=slack')).toHaveLength(1);
  expect(await messages('?alertname=HighErrorRate&job=api')).toHaveLength(2);
  expect(await messages('?job=gateway')).toEqual([]);
  const response = await inbox.app.get('/api/v1/messages?channel=fax');
  expect([response.status, await response.json()]).toMatchObject([
    400,
    {
      validationErrors: [
        { field: 'query.channel', message: 'Expected one of `slack`, `pager`, `mail`.' },
      ],
    },
  ]);
});

test('shows the notification channels of each alert', async () => {
  await inbox.app.post(notification(alert()));
  await inbox.app.post(slack(), '/slack/webhook');
  await inbox.app.post(event(), '/pagerduty/v2/enqueue');
  await inbox.app.post(
    event({ payload: { ...event().payload, group: 'gateway' } }),
    '/pagerduty/v2/enqueue',
  );
  const notified = [...(await inbox.app.page()).matchAll(/<li class="(\w+)">\w+ <span>×(\d+)</g)];
  expect(notified.map(([, channel, count]) => [channel, count])).toEqual([
    ['webhook', '1'],
    ['slack', '1'],
    ['pager', '1'],
  ]);
});

test('responds with 503 if it cannot store, so that Alertmanager retries', async () => {
  await inbox.app.inbox.close();
  expect((await inbox.app.post(slack(), '/slack/webhook')).status).toBe(503);
  expect((await inbox.app.post(event(), '/pagerduty/v2/enqueue')).status).toBe(503);
});

test('finds a message about several services by each of them, and by no other', async () => {
  const fields = [
    { title: 'Alert', value: 'HighErrorRate', short: true },
    { title: 'Service', value: 'gateway, api-2', short: true },
  ];
  await inbox.app.post(slack({ fields }), '/slack/webhook');
  expect(await messages('?job=api-2&channel=slack')).toHaveLength(1);
  expect(await messages('?job=gateway&alertname=HighErrorRate')).toHaveLength(1);
  expect(await messages('?job=api')).toEqual([]);
  expect(await messages('?job=gateway&alertname=HighLatency')).toEqual([]);
  const labels = { alertname: 'HighErrorRate', severity: 'critical', job: 'api-2' };
  await inbox.app.post(notification(alert({ labels })));
  expect(await inbox.app.page()).toContain('<li class="slack">slack <span>×1</span></li>');
});
