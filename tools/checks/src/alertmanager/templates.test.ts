import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { findAmtool, repositoryRoot } from '@watchkeeper/stack';
import { runOrThrow } from '@watchkeeper/stack/run-command';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';

const folder = makeTemporaryFolder('templates');
afterAll(removeTemporaryFolders);

interface Alert {
  readonly annotations: Readonly<Record<string, string>>;
  readonly instance: string;
  readonly job?: string;
  readonly severity?: 'critical' | 'warning';
  readonly status?: 'firing' | 'resolved';
}

const common = { alertname: 'DiskBroken', job: 'shop', severity: 'critical' };
const links = { runbook_url: 'http://run/a', dashboard_url: 'http://dash/a' };

/** What Alertmanager hands to its templates. */
function groupOf(alerts: readonly Alert[]) {
  const shared = ([name, value]: [string, string]) =>
    alerts.every(({ annotations }) => annotations[name] === value);
  return {
    receiver: 'pager',
    status: alerts.some(({ status }) => status !== 'resolved') ? 'firing' : 'resolved',
    alerts: alerts.map(({ annotations, instance, severity, job, status = 'firing' }) => ({
      status,
      labels: { ...common, instance, ...(severity && { severity }), ...(job && { job }) },
      annotations,
      startsAt: '2026-11-30T10:00:00Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: '',
      fingerprint: instance,
    })),
    groupLabels: { alertname: 'DiskBroken', system: 'shops' },
    commonLabels: alerts.some(({ severity }) => severity)
      ? { alertname: common.alertname, job: common.job }
      : common,
    commonAnnotations: Object.fromEntries(
      Object.entries(alerts[0]?.annotations ?? {}).filter(shared),
    ),
    externalURL: 'http://am',
  };
}

async function render(template: string, alerts: readonly Alert[]): Promise<string> {
  const data = join(folder, 'data.json');
  writeFileSync(data, JSON.stringify(groupOf(alerts)));
  const text = template.startsWith('watchkeeper') ? `{{ template "${template}" . }}` : template;
  return runOrThrow(await findAmtool(), [
    'template',
    'render',
    `--template.glob=${join(repositoryRoot, 'monitoring/alertmanager/templates/*.tmpl')}`,
    `--template.text=${text}`,
    `--template.type=${template.endsWith('html') ? 'html' : 'text'}`,
    `--template.data=${data}`,
  ]);
}

const texts = ['watchkeeper.slack.text', 'watchkeeper.mail.text', 'watchkeeper.mail.html'];
const a = {
  instance: 'a',
  annotations: { summary: 'Disk a broke.', description: 'A1.', ...links },
};
const b = {
  instance: 'b',
  annotations: {
    summary: 'Disk b broke.',
    description: 'B1.',
    runbook_url: 'http://run/b',
    dashboard_url: 'http://dash/b',
  },
};
const bare = { instance: 'c', annotations: {} };
const blank = {
  instance: 'e',
  annotations: { summary: ' ', description: '\n', runbook_url: ' ', dashboard_url: '\n' },
};
const described = { instance: 'f', annotations: { description: 'The disk\nbroke.\n' } };

test('the subject names the alert and its service, whatever the annotations', async () => {
  expect(await render('watchkeeper.subject', [a, bare])).toContain('[FIRING:2] DiskBroken · shop');
});

test('every channel names each service of a group once, also those whose alerts are over', async () => {
  const group = [a, { ...b, job: 'api' }, { ...bare, job: 'shop.eu', status: 'resolved' as const }];
  const twice = [...group, { ...bare, instance: 'd', job: 'api' }];
  expect((await render('watchkeeper.jobs', twice)).trim()).toBe('shop, api, shop.eu');
  expect(await render('watchkeeper.subject', twice)).toContain('DiskBroken · shop, api, shop.eu');
});

test('the services of a group notify nobody by their names', async () => {
  expect((await render('watchkeeper.jobs', [{ ...a, job: '<!channel>+(' }])).trim()).toBe(
    '!channel+(',
  );
});

test.each([
  ['whose words differ', [a, b], 'DiskBroken · shop: Disk a broke.'],
  ['of one alert', [b], 'DiskBroken · shop: Disk b broke.'],
  ['without annotations', [bare, bare], 'DiskBroken · shop'],
  ['with white space only', [blank], 'DiskBroken · shop'],
  ['with descriptions only', [bare, described], 'DiskBroken · shop: The disk broke.'],
  ['whose first alert has none', [bare, b], 'DiskBroken · shop: Disk b broke.'],
  [
    'whose first alert is over',
    [{ ...a, status: 'resolved' }, b],
    'DiskBroken · shop: Disk b broke.',
  ],
  ['that is over', [{ ...a, status: 'resolved' }], 'DiskBroken · shop: Disk a broke.'],
] as [string, Alert[], string][])('the page of a group %s reads well', async (_, alerts, page) => {
  expect((await render('watchkeeper.pagerduty.summary', alerts)).trim()).toBe(page);
});

test.each(texts)(
  '%s has the words and links of the first alert where they differ',
  async (name) => {
    const text = await render(name, [a, b]);
    for (const words of ['Disk a broke.', 'A1.', 'B1.', 'http://run/a', 'http://dash/a']) {
      expect(text).toContain(words);
    }
    expect(text).not.toContain('http://run/b');
  },
);

test.each(texts)('%s has neither empty words nor empty links without annotations', async (name) => {
  const text = await render(name, [bare, { ...bare, instance: 'd' }]);
  expect(text).not.toMatch(/\*\*|<\||href=""|Runbook|Dashboard|^- +\(|<li[^>]*><br>/m);
  expect(text).toContain('DiskBroken');
  expect(text).toContain('http://am/#/silences/new?filter=%7Balertname%3D%22DiskBroken%22');
});

test.each(texts)('%s takes white space only for no words', async (name) => {
  const text = await render(name, [blank, b]);
  expect(text).not.toMatch(/\*\s*\*|<\s*\||href="(\s|%20|%0a)*"|^- +\(|<li[^>]*>\s*<br>/m);
  expect(text).toContain('http://run/b');
});

test('a group with a critical alert is critical, whatever the others are', async () => {
  const group = [
    { ...a, severity: 'warning' as const },
    { ...b, severity: 'critical' as const },
  ];
  expect(await render('watchkeeper.slack.color', group)).toMatch(/^danger\s*$/);
  expect(await render('watchkeeper.pagerduty.severity', group)).toMatch(/^critical\s*$/);
  expect(await render('watchkeeper.mail.html', group)).toContain(
    '<strong>firing</strong>, critical.',
  );
  expect(await render('watchkeeper.slack.color', [group[0] as Alert])).toMatch(/^warning\s*$/);
});

test('a summary of several lines is one line in chat, and an address stays one', async () => {
  const alert = {
    instance: 'x',
    annotations: { summary: 'Disk\nbroke.\n', runbook_url: 'http://run/?a=1&b=<c>|d' },
  };
  const text = await render('watchkeeper.slack.text', [alert]);
  expect(text).toContain('*Disk broke.*');
  expect(text).toContain('<http://run/?a=1&amp;b=&lt;c&gt;%7Cd|Runbook>');
});

test.each(texts)('%s leaves out only what is missing', async (name) => {
  const text = await render(name, [
    { instance: 'a', annotations: { summary: 'Short.', runbook_url: 'http://run/a' } },
  ]);
  expect(text).toContain('http://run/a');
  expect(text).toContain('Short.');
  expect(text).not.toMatch(/<\||href=""|Dashboard/);
});

test('the links of pages and chat are empty without annotations, and Alertmanager drops them', async () => {
  expect((await render('watchkeeper.runbook', [bare])).trim()).toBe('');
  expect((await render('watchkeeper.dashboard', [a, b])).trim()).toBe('http://dash/a');
});

test('hostile words stay words', async () => {
  const hostile = { instance: 'x', annotations: { summary: '<!channel> & <b>' } };
  expect(await render('watchkeeper.slack.text', [hostile, bare])).toContain(
    '*&lt;!channel&gt; &amp; &lt;b&gt;*',
  );
  expect(await render('watchkeeper.mail.html', [hostile, bare])).not.toContain('<b>');
});
