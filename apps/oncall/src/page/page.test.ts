import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { alert, heartbeat, minutesBefore, notification } from '../testing/notifications.ts';
import { useInbox } from '../testing/test-inbox.ts';

const inbox = useInbox({
  PROMETHEUS_URL: 'http://localhost:9090/',
  RUNBOOKS_FOLDER: fileURLToPath(new URL('../../../../runbooks', import.meta.url)),
});

const detailPage = async () =>
  (await inbox.app.get('/alerts/3b15fd163d36582e-1769827800000')).text();

test('an empty inbox explains itself, with a test command that works as written', async () => {
  const page = await inbox.app.page();
  expect(page).toContain('No alerts yet');
  expect(page).toContain('No heartbeat yet.');
  const command = /-d '(.*?)'/.exec(page)?.[1] ?? '';
  const response = await inbox.app.postText(command.replaceAll('&quot;', '"'));
  expect(response.status).toBe(200);
  expect(await inbox.app.page()).toContain('<h3>TestAlert</h3>');
});

test('shows a firing alert with its times, labels and links', async () => {
  const annotations = {
    summary: 'Requests fail.',
    description: 'api fails 12%.',
    runbook_url: '/runbooks/HighErrorRate',
    dashboard_url: 'https://grafana.example.org/d/http',
    team: 'payments',
  };
  await inbox.app.post(notification(alert({ annotations })));
  const page = await inbox.app.page();
  const silence = encodeURIComponent('{alertname="HighErrorRate",severity="critical",job="api"}');
  const fragments = [
    '<title>(1) On-call inbox</title>',
    '<h3>HighErrorRate</h3>',
    '<p class="badge">critical</p>',
    '<p class="duration">for 10 min</p>',
    '<li class="webhook">webhook <span>×1</span></li>',
    '<time datetime="2026-01-31T02:50:00.000Z">31 Jan 2026, 02:50:00 UTC</time>',
    'Requests fail.',
    'api fails 12%.',
    '<dt>job</dt><dd>api</dd>',
    'href="/alerts/3b15fd163d36582e-1769827800000"',
    'href="https://grafana.example.org/d/http"',
    'href="http://localhost:9090/graph?g0.expr=up+%3D%3D+0&amp;g0.tab=1"',
    `href="http://alertmanager:9093/#/silences/new?filter=${silence}"`,
  ];
  for (const fragment of fragments) expect(page).toContain(fragment);
  expect(await detailPage()).toContain('<dt>team</dt><dd>payments</dd>');
});

test('lists firing alerts by severity, then resolved ones with their duration', async () => {
  const named = (alertname: string, changes: object) =>
    alert({ fingerprint: alertname, labels: { alertname, ...changes } });
  const resolved = {
    ...named('Third', { severity: 'critical' }),
    status: 'resolved',
    startsAt: minutesBefore(90),
    endsAt: minutesBefore(5),
  };
  await inbox.app.post(notification(resolved, named('Second', { severity: 'warning' })));
  await inbox.app.post(notification(named('First', { severity: 'critical' })));
  const page = await inbox.app.page();
  expect([...page.matchAll(/<h3>(\w+)<\/h3>/g)].map(([, name]) => name)).toEqual([
    'First',
    'Second',
    'Third',
  ]);
  expect(page).toContain('lasted 1 h 25 min');
});

test('groups alerts by name and shows the summary once', async () => {
  const ofJob = (job: string) =>
    alert({ fingerprint: job, labels: { alertname: 'HighErrorRate', severity: 'critical', job } });
  await inbox.app.post(notification(ofJob('api'), ofJob('gateway')));
  const page = await inbox.app.page();
  expect(page.match(/<article/g)).toHaveLength(1);
  expect(page.match(/HTTP error rate is high\./g)).toHaveLength(1);
  expect(page).toContain('<p class="count">2 alerts</p>');
  expect(page).toMatch(/<dt>job<\/dt><dd>api<[\s\S]*<dt>job<\/dt><dd>gateway</);
});

test('shows the age of the heartbeat, and since when it is late', async () => {
  await inbox.app.post(notification(heartbeat()));
  inbox.app.clock.now += 42_000;
  expect(await inbox.app.page()).toMatch(/heartbeat alive[\s\S]*Last heartbeat\s+<strong>42 s ago/);
  expect(await inbox.app.page()).toContain('All quiet.');
  inbox.app.clock.now += 3_600_000;
  const page = await inbox.app.page();
  expect(page).toMatch(/heartbeat late" role="alert"[\s\S]*No heartbeat for <strong>1 h<\/strong>/);
  expect(page).toMatch(/since\s+<time datetime="2026-01-31T03:00:00.000Z">/);
  expect(page).toMatch(/late since <time datetime="2026-01-31T03:03:00.000Z">/);
  expect(page).toContain('<title>⚠ On-call inbox</title>');
  expect(page).not.toContain('All quiet.');
});

test('escapes every text of an alert', async () => {
  const hostile = `"><script>alert('x')</script>&`;
  const everywhere = { [hostile]: hostile, alertname: hostile, severity: hostile };
  const links = { summary: hostile, description: hostile, runbook_url: hostile };
  const entry = alert({ labels: everywhere, annotations: { ...everywhere, ...links } });
  await inbox.app.post({ ...notification(entry), receiver: hostile, externalURL: hostile });
  for (const page of [await inbox.app.page(), await detailPage()]) {
    expect(page.match(/<script[^>]*>/g)).toEqual(['<script src="/assets/inbox.js" defer>']);
    expect(page).toContain('&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;');
  }
});

test.each([
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  ' java\nscript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'file:///etc/passwd',
  'https://grafana.example.org@evil.example.net/',
  'http://',
])('shows %j as text, not as a link', async (address) => {
  const annotations = { runbook_url: address, dashboard_url: address };
  await inbox.app.post(notification(alert({ annotations, generatorURL: address })));
  const page = (await inbox.app.page()) + (await detailPage());
  const hrefs = [...page.matchAll(/href="([^"]*)"/g)].map(([, href]) => href ?? '');
  expect(hrefs.filter((href) => !/^(#main|\/|https?:\/\/[a-z0-9:]+\/)/.test(href))).toEqual([]);
  expect(hrefs).not.toContain(address);
  expect(page).toContain(`<dt>runbook_url</dt><dd>${address}</dd>`);
});

test.each(['/', '/messages', '/assets/inbox.js', '/favicon.svg', '/api/v1/alerts', '/nothing'])(
  '%s carries the headers that keep a browser from running anything',
  async (path) => {
    const { headers } = await inbox.app.get(path);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
        "require-trusted-types-for 'script'; trusted-types inbox-pages",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('x-powered-by')).toBeNull();
  },
);

test('has no inline script or style and loads nothing from other servers', async () => {
  await inbox.app.post(notification(alert()));
  const page = await inbox.app.page();
  expect(page).not.toMatch(/<style|<script(?! src="\/assets\/)|\sstyle=|\son\w+=/);
  const linked = [...page.matchAll(/<(?:link|script) [^>]*(?:href|src)="([^"]*)"/g)];
  const paths = linked.map(([, path = '']) => path);
  expect(paths).toEqual(['/favicon.svg', '/assets/inbox.css', '/assets/inbox.js']);
  const types = paths.map(async (path) => (await inbox.app.get(path)).headers.get('content-type'));
  expect(await Promise.all(types)).toEqual([
    'image/svg+xml; charset=utf-8',
    'text/css; charset=utf-8',
    'text/javascript; charset=utf-8',
  ]);
});

test('refreshes itself without JavaScript', async () => {
  expect(await inbox.app.page()).toContain(
    '<noscript><meta http-equiv="refresh" content="10"></noscript>',
  );
});

test('shows the first two hundred alerts and links to the rest', async () => {
  const storm = Array.from({ length: 230 }, (_, index) => alert({ fingerprint: `f${index}` }));
  await inbox.app.post(notification(...storm));
  const page = await inbox.app.page();
  expect(page.match(/<li id="alert-/g)).toHaveLength(200);
  expect(page).toMatch(/30 more in\s+<a href="\/api\/v1\/alerts\?status=firing">/);
});
