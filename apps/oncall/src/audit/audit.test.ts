import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startServer, type TestServer } from '@watchkeeper/testing/server';
import { alert, notification } from '../testing/notifications.ts';
import { startInbox, useInbox } from '../testing/test-inbox.ts';
import { coversEverything, formatMatchers } from './scope.ts';

let alertmanager: TestServer;
let silences: unknown = [];
beforeAll(async () => {
  alertmanager = await startServer((_, response) => void response.end(JSON.stringify(silences)));
});
afterAll(() => alertmanager.close());

const fixture = useInbox();
const alertPath = '/alerts/3b15fd163d36582e-1769827800000';

function matcher(text: string) {
  const [, name = '', operator = '', value = ''] = /^(\w+)([!=~]+)(.*)$/.exec(text) ?? [];
  return { name, value, isRegex: operator.endsWith('~'), isEqual: operator.startsWith('=') };
}

const silence = (id: string, matchers: string[], changes = {}) => ({
  ...{ id, createdBy: 'Eve <e>', comment: 'quiet', matchers: matchers.map(matcher) },
  startsAt: '2026-01-31T02:00:00.000Z',
  endsAt: '2026-01-31T05:00:00.000+01:00',
  updatedAt: '2026-01-31T02:00:00.123456Z',
  status: { state: 'active' },
  ...changes,
});

async function withSilences(listed: unknown) {
  silences = listed;
  await fixture.app.stop();
  fixture.app = await startInbox(fixture.file, { ALERTMANAGER_QUERY_URL: alertmanager.url });
  await fixture.app.silences.poll();
  return fixture.app;
}

test.each([
  [['alertname=~.+'], true],
  [['alertname=~.*', 'severity=~.*'], true],
  [['alertname=~(?i).*'], true],
  [['alertname!=HighErrorRate'], true],
  [['severity=critical'], true],
  [['severity=~critical|warning'], true],
  [['job=~.+'], true],
  [['instance!~nothing'], true],
  [['alertname=~('], true],
  [['alertname=~[A-Za-z]+'], true],
  [['alertname=~\\w+'], true],
  [['alertname=~(?i)[a-z]+', 'severity=critical'], true],
  [['alertname=~[[:alpha:]]+'], true],
  [['alertname=~\\pL+'], true],
  [['job=~[a-z]+'], true],
  [['instance=~.+:\\d+'], true],
  [['alertname=HighErrorRate'], false],
  [['alertname=~High.+'], false],
  [['alertname=~[A-Z]\\w+', 'job=api'], false],
  [['alertname!~[A-Z].+'], false],
  [['job=api'], false],
  [['job=api', 'alertname=~.+'], false],
  [['severity=critical', 'component=host'], false],
  [['severity=none'], false],
  [['severity=info'], false],
])('a silence by %j covers everything: %s', (matchers, isBroad) => {
  expect(coversEverything(matchers.map(matcher))).toBe(isBroad);
});

test('writes matchers as people do', () => {
  expect(formatMatchers(['a=b', 'c!=d', 'e=~f|g', 'h!~"i'].map(matcher))).toBe(
    '{a="b", c!="d", e=~"f|g", h!~"\\"i"}',
  );
});

test('counts silences, and warns on the page of one over everything', async () => {
  const app = await withSilences([silence('1', ['alertname=~.+']), silence('2', ['job=api'])]);
  const metrics = await app.renderMetrics();
  expect(metrics).toContain('inbox_silences{scope="everything"} 1');
  expect(metrics).toContain('inbox_silences{scope="alerts"} 1');
  const page = await app.page();
  expect(page).toContain('<strong>Everything is silenced</strong> until');
  expect(page).toContain('by Eve &lt;e&gt;: quiet');
  silences = [silence('1', ['alertname=~.+'], { status: { state: 'expired' } })];
  await app.silences.poll();
  expect(await app.page()).not.toContain('Everything is silenced');
  expect(await app.renderMetrics()).toContain('inbox_silences{scope="everything"} 0');
});

test('records each silence once, with its author, also across a restart', async () => {
  await withSilences([silence('1', ['job=api'])]);
  const ended = { endsAt: '2026-01-31T03:00:00.000Z', status: { state: 'expired' } };
  const app = await withSilences([
    silence('1', ['job=api'], { ...ended, updatedAt: '2026-01-31T03:00:00.000Z' }),
    silence('2', ['job=worker'], ended),
  ]);
  await app.silences.poll();
  const acts = app.inbox.acts().map(({ kind, reference, by }) => [kind, reference, by]);
  expect(acts).toEqual([
    ['silence_created', '2', 'Eve <e>'],
    ['silence_expired', '1', 'somebody outside of this page'],
    ['silence_created', '1', 'Eve <e>'],
  ]);
  expect(await (await app.get('/audit')).text()).toContain('<td>Eve &lt;e&gt;</td>');
  expect(await (await app.get('/api/v1/acts')).json()).toMatchObject({ acts: { length: 3 } });
});

test('says once that Alertmanager lists no silences, and goes on', async () => {
  const app = await withSilences({ unexpected: true });
  await app.silences.poll();
  expect(app.linesOf('inbox_silences_unreadable')).toHaveLength(1);
  silences = [silence('1', ['alertname=~.+'])];
  await app.silences.poll();
  expect(app.silences.overEverything()).toHaveLength(1);
});

test('records who acknowledged an alert, and shows it', async () => {
  const { app } = fixture;
  await app.post(notification(alert()));
  const submit = (fields: Record<string, string>) =>
    fetch(`${app.origin}${alertPath}/acknowledge`, {
      ...{ method: 'POST', redirect: 'manual' },
      body: new URLSearchParams(fields),
    });
  const [, token = ''] =
    /name="token" value="([^"]+)"/.exec(await (await app.get(alertPath)).text()) ?? [];
  expect((await submit({ author: 'Ada', token: 'foreign' })).status).toBe(422);
  expect((await submit({ author: ' ', token })).status).toBe(422);
  expect(app.inbox.acts()).toEqual([]);
  const done = await submit({ author: 'Ada <a>', comment: 'on it', token });
  expect([done.status, done.headers.get('location')]).toEqual([303, alertPath]);
  const acknowledged = 'Acknowledged by <strong>Ada &lt;a&gt;</strong>';
  expect(await (await app.get(alertPath)).text()).toContain(acknowledged);
  expect(await app.page()).toContain(acknowledged);
  expect(app.linesOf('alert_acknowledge_completed')).toMatchObject([
    { alertname: 'HighErrorRate', author: 'Ada <a>', comment: 'on it' },
  ]);
  // When it fires again it is another alert.
  await app.post(notification(alert({ startsAt: '2026-01-31T02:55:00.000Z' })));
  expect((await app.page()).split(acknowledged)).toHaveLength(2);
});
