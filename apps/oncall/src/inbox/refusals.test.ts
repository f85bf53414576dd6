import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { alert, notification } from '../testing/notifications.ts';
import { makeFolder, startInbox, type TestInbox } from '../testing/test-inbox.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let app: TestInbox;

beforeAll(async () => {
  folder = await makeFolder();
  app = await startInbox(folder.file);
});

afterAll(async () => {
  await app.stop();
  await folder.remove();
});

const without = (field: string, value: Record<string, unknown>) => ({
  ...value,
  [field]: undefined,
});

const badBodies: [title: string, body: unknown, field: string, message: string][] = [
  [
    'another version',
    { ...notification(), version: '3' },
    'body.version',
    'Expected `"4"`, got `"3"`.',
  ],
  ['no version', without('version', notification()), 'body.version', 'Expected `"4"`, got none.'],
  [
    'no group',
    without('groupKey', notification()),
    'body.groupKey',
    'Expected a string, got none.',
  ],
  [
    'no list',
    { ...notification(), alerts: {} },
    'body.alerts',
    'Expected a list of alerts, got `{}`.',
  ],
  ['no object', [], 'body', 'Expected an object, got `[]`.'],
  [
    'an alert that is text',
    notification('HighErrorRate'),
    'body.alerts.0',
    'Expected an object, got `"HighErrorRate"`.',
  ],
  [
    'an unknown status',
    notification(alert(), alert({ status: 'pending' })),
    'body.alerts.1.status',
    'Expected `firing` or `resolved`, got `"pending"`.',
  ],
  [
    'a label that is a number',
    notification(alert({ labels: { alertname: 'A', code: 7 } })),
    'body.alerts.0.labels.code',
    'Expected a string, got `7`.',
  ],
  [
    'labels that are a list',
    notification(alert({ labels: ['A'] })),
    'body.alerts.0.labels',
    'Expected an object of strings, got `["A"]`.',
  ],
  [
    'a start that is no time',
    notification(alert({ startsAt: 'yesterday' })),
    'body.alerts.0.startsAt',
    'Expected a time such as `2026-01-31T03:00:00Z`, got `"yesterday"`.',
  ],
  [
    'a fingerprint with spaces',
    notification(alert({ fingerprint: 'a b' })),
    'body.alerts.0.fingerprint',
    'Expected 1 to 64 letters, digits, `_` or `-`, got `"a b"`.',
  ],
  [
    'a long wrong value',
    notification(alert({ status: 'x'.repeat(500) })),
    'body.alerts.0.status',
    `Expected \`firing\` or \`resolved\`, got \`"${'x'.repeat(58)}…\`.`,
  ],
];

test.each(badBodies)('refuses %s and names it', async (_, body, field, message) => {
  const response = await app.post(body);
  expect([response.status, await response.json()]).toMatchObject([
    422,
    {
      statusCode: 422,
      error: 'Unprocessable Content',
      message: `Expected valid values for \`${field}\`.`,
      path: '/webhooks/alertmanager',
      validationErrors: [{ field, message }],
    },
  ]);
  expect(await app.alerts()).toEqual([]);
});

test('names at most twenty invalid fields', async () => {
  const wrong = Array.from({ length: 50 }, () => alert({ status: 'pending' }));
  const body = (await (await app.post(notification(...wrong))).json()) as {
    validationErrors: unknown[];
  };
  expect(body.validationErrors).toHaveLength(20);
});

test('refuses invalid JSON with 400', async () => {
  const response = await app.postText('{"version":');
  expect([response.status, await response.json()]).toMatchObject([400, { error: 'Bad Request' }]);
});

test('refuses a form with 415, so that no other site can post from a browser', async () => {
  const response = await app.postText(JSON.stringify(notification(alert())), 'text/plain');
  expect([response.status, await response.json()]).toMatchObject([
    415,
    { message: 'Expected `content-type: application/json`.' },
  ]);
});

test('refuses an empty body and names every missing field', async () => {
  const response = await app.postText('');
  expect([response.status, await response.json()]).toMatchObject([
    422,
    {
      message:
        'Expected valid values for `body.version`, `body.groupKey`, `body.receiver`, `body.alerts`.',
    },
  ]);
});

test.each([
  ['?status=pending', 'query.status', 'Expected `firing` or `resolved`.'],
  ['?alertname=A&alertname=B', 'query.alertname', 'Expected one name.'],
])('refuses the list%s and names it', async (query, field, message) => {
  const response = await app.get(`/api/v1/alerts${query}`);
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { validationErrors: [{ field, message }] },
  ]);
});
