import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { alert, notification } from '../testing/notifications.ts';
import { makeFolder, startInbox, type TestInbox } from '../testing/test-inbox.ts';

const alertPath = '/alerts/3b15fd163d36582e-1769827800000';
const path = `${alertPath}/silence`;
const good = { duration: '2h', author: 'Ada', comment: 'I am on it', label: 'job' };

interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}

let folder: Awaited<ReturnType<typeof makeFolder>>;
let app: TestInbox;
let alertmanager: Server;
let received: ReceivedRequest[];
let silencedBy: string[];
let refusal: string | undefined;
// All silences, as Alertmanager lists them.
let listed: string;

beforeEach(async () => {
  folder = await makeFolder();
  received = [];
  silencedBy = [];
  refusal = undefined;
  listed = '[]';
  // Alertmanager's API as its OpenAPI file describes it, as far as silences go.
  alertmanager = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://alertmanager');
    received.push({ method: request.method ?? '', url, body: await text(request) });
    if (refusal !== undefined) return response.writeHead(400).end(refusal);
    if (url.pathname === '/api/v2/silences') {
      return response.end(request.method === 'GET' ? listed : '{"silenceID":"made"}');
    }
    if (url.pathname.startsWith('/api/v2/silence/')) {
      const id = url.pathname.split('/').at(-1);
      const rest = { endsAt: '2026-01-31T05:00:00.000Z', createdBy: 'Bob <b>', comment: 'mine' };
      return response.end(JSON.stringify({ id, ...rest }));
    }
    const entry = alert();
    const labels = entry.labels as Record<string, string>;
    const other = { labels: { ...labels, instance: 'b' }, status: { silencedBy: ['other'] } };
    return response.end(JSON.stringify([{ labels, status: { silencedBy } }, other]));
  });
  await new Promise<void>((resolve) => alertmanager.listen(0, '127.0.0.1', resolve));
  const port = (alertmanager.address() as AddressInfo).port;
  app = await startInbox(folder.file, { ALERTMANAGER_QUERY_URL: `http://127.0.0.1:${port}/` });
  await app.post(notification(alert()));
});

afterEach(async () => {
  await app.stop();
  alertmanager.close();
  alertmanager.closeAllConnections();
  await folder.remove();
});

const tokenOf = async () =>
  /name="token" value="([^"]+)"/.exec(await (await app.get(path)).text())?.[1] ?? '';

function submit(fields: Record<string, string>, to = path): Promise<Response> {
  const body = new URLSearchParams(fields);
  return fetch(`${app.origin}${to}`, { method: 'POST', body, redirect: 'manual' });
}

const changes = () => received.filter(({ method }) => method !== 'GET');

test('an alert links to its form, which lists the labels to match', async () => {
  expect(await app.page()).toContain(`href="${path}"`);
  const page = await (await app.get(path)).text();
  expect(page).toContain('<h1>Silence HighErrorRate</h1>');
  expect(page).toContain('value="job" checked>');
  expect(page).toMatch(/value="severity">/);
});

test('creates a silence by the name and the ticked labels, and redirects back', async () => {
  const response = await submit({ ...good, token: await tokenOf() });
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe(path);
  const [{ url, body } = { url: undefined, body: '{}' }] = changes();
  expect(url?.pathname).toBe('/api/v2/silences');
  const { startsAt, endsAt, ...rest } = JSON.parse(body) as Record<string, string>;
  expect(Date.parse(endsAt ?? '') - Date.parse(startsAt ?? '')).toBe(2 * 3_600_000);
  expect(rest).toEqual({
    matchers: [
      { name: 'alertname', value: 'HighErrorRate', isRegex: false, isEqual: true },
      { name: 'job', value: 'api', isRegex: false, isEqual: true },
    ],
    createdBy: 'Ada',
    comment: 'I am on it',
  });
  expect(app.linesOf('inbox_silence_created')).toEqual([
    expect.objectContaining({
      ...{ alertname: 'HighErrorRate', silence_id: 'made', hours: 2 },
      ...{ author: 'Ada', comment: 'I am on it' },
    }),
  ]);
});

test('shows the silences of this alert alone, as text, and expires one', async () => {
  silencedBy = ['one'];
  const page = await (await app.get(path)).text();
  expect(page).toContain('05:00:00 UTC');
  expect(page).toContain('Bob &lt;b&gt;: mine');
  expect(page.match(/Expire silence/g)).toHaveLength(1);
  const token = await tokenOf();
  const author = 'Ada';
  expect((await submit({ token }, `${path}/one/expire`)).status).toBe(422);
  expect((await submit({ token, author }, `${path}/other/expire`)).status).toBe(502);
  expect(changes()).toEqual([]);
  expect((await submit({ token, author }, `${path}/one/expire`)).status).toBe(303);
  expect(changes().map(({ method, url }) => [method, url.pathname])).toEqual([
    ['DELETE', '/api/v2/silence/one'],
  ]);
  expect(app.inbox.acts()).toMatchObject([
    { kind: 'silence_expired', by: 'Ada', reference: 'one', subject: 'HighErrorRate' },
  ]);
});

test.each([
  [{ ...good, comment: ' ' }, 'Expected a comment.'],
  [{ ...good, author: '' }, 'Expected an author.'],
  [{ ...good, author: 'x'.repeat(101) }, 'Expected an author of at most 100 characters.'],
  [{ ...good, duration: '9y' }, 'Choose one of 1h, 2h, 4h, 8h, 24h.'],
  [{ ...good, token: 'of another site' }, 'This form had expired.'],
])('refuses %j with the reason', async (fields, problem) => {
  const response = await submit({ token: await tokenOf(), ...fields });
  expect(response.status).toBe(422);
  expect(await response.text()).toContain(problem);
  expect(changes()).toEqual([]);
});

test('shows why Alertmanager rejects it, or that it is unreachable', async () => {
  const token = await tokenOf();
  refusal = 'silence too long';
  const refused = await submit({ ...good, token });
  expect([refused.status, await refused.text()]).toEqual([
    502,
    expect.stringContaining('Alertmanager rejected the request: silence too long'),
  ]);
  alertmanager.close();
  alertmanager.closeAllConnections();
  const page = await app.get(path);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('Alertmanager is unreachable. Is it running?');
});

test('responds with 404 for an alert that is not in the inbox', async () => {
  expect((await app.get('/alerts/none-1/silence')).status).toBe(404);
});
