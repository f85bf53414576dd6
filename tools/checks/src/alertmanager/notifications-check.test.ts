import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { repositoryRoot } from '@watchkeeper/stack';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { notificationsCheck } from './notifications-check.ts';

const repository = repositoryRoot;
const file = 'monitoring/alertmanager/alertmanager.yml';
let root: string;

// A check asks amtool about each alert, several hundred processes: fifteen seconds on a busy machine.
jest.setTimeout(180_000);

beforeEach(() => {
  root = makeTemporaryFolder('check');
  copy('alertmanager');
  mkdirSync(join(root, 'monitoring/prometheus/targets'), { recursive: true });
  const targets = '- targets: [worker:9090]\n  labels: { job: worker }\n';
  writeFileSync(join(root, 'monitoring/prometheus/targets/services.yml'), targets);
  // Those that the inhibitions are about; each alert costs a process.
  for (const name of ['availability', 'database', 'host', 'http', 'postgres', 'slo']) {
    copy(`prometheus/rules/${name}.rules.yml`);
  }
});

function copy(path: string): void {
  const inside = join('monitoring', path);
  cpSync(join(repository, inside), join(root, inside), { recursive: true });
}

afterEach(removeTemporaryFolders);

function replace(from: string, to: string, path = file): void {
  const text = readFileSync(join(root, path), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(root, path), text.replace(from, to));
}

test('accepts the shipped configuration', async () => {
  expect(await notificationsCheck.run(root)).toEqual([]);
});

test('refuses a route that catches nothing, and one that comes too late', async () => {
  replace(
    '    - matchers: [\'severity="warning"\']',
    `    - matchers: ['severity="page"']
      receiver: pager
    - receiver: chat
    - matchers: ['severity="warning"']`,
  );
  expect(await notificationsCheck.run(root)).toEqual([
    expect.stringMatching(
      /^monitoring\/alertmanager\/alertmanager\.yml: `route\.routes\[6\]` to `pager` matches no alert of any rule file\. Correct its matchers \["severity=\\"page\\""\], put it before/,
    ),
    expect.stringContaining('`route.routes[8]` to `chat` matches no alert of any rule file.'),
  ]);
});

test('refuses a route that catches nothing of a known job, and takes one that does', async () => {
  const route = (job: string) => `    - matchers: ['job="${job}"']
      receiver: chat
      continue: true
    - receiver: mail`;
  replace('    - receiver: mail', `${route('payments')}`);
  expect(await notificationsCheck.run(root)).toEqual([
    expect.stringContaining('`route.routes[3]` to `chat` matches no alert'),
  ]);
  replace('job="payments"', 'job="worker"');
  const problems = await notificationsCheck.run(root);
  // Its warnings now reach the chat as before; nothing is dead.
  expect(problems.filter((problem) => problem.includes('matches no alert'))).toEqual([]);
});

test('refuses routes that miss a receiver, by alert', async () => {
  replace(
    '    - matchers: [\'severity="critical"\']\n      receiver: pager',
    '    - matchers: [\'alertname="ServiceDown"\']\n      receiver: pager',
  );
  const problems = await notificationsCheck.run(root);
  expect(problems).toContain(
    'monitoring/alertmanager/alertmanager.yml: `HighErrorRate` of ' +
      'monitoring/prometheus/rules/http.rules.yml: expected it to reach inbox, mail, pager, chat, ' +
      'got inbox, mail, chat. Correct the routes, or ' +
      'monitoring/alertmanager/expected-receivers.yml.',
  );
});

test('refuses an alert without expected receivers', async () => {
  replace(
    '      - alert: HighErrorRate',
    '      - alert: Odd\n        expr: up\n        labels: { severity: page }\n      - alert: HighErrorRate',
    'monitoring/prometheus/rules/http.rules.yml',
  );
  expect(await notificationsCheck.run(root)).toEqual([
    'monitoring/prometheus/rules/http.rules.yml: `Odd`: expected an entry in ' +
      'monitoring/alertmanager/expected-receivers.yml. Add its labels.',
  ]);
});

test('refuses a receiver whose secret file is missing or empty', async () => {
  replace(
    '- api_url: http://oncall:8025/slack/webhook',
    '- api_url_file: /etc/alertmanager/secrets/slack-webhook-url',
  );
  replace(
    'routing_key_file: /run/secrets/receiver-token',
    'routing_key_file: /etc/alertmanager/secrets/pagerduty-routing-key',
  );
  const folder = join(root, 'monitoring/alertmanager/secrets');
  mkdirSync(folder);
  writeFileSync(join(folder, 'pagerduty-routing-key'), '\n');
  expect(await notificationsCheck.run(root)).toEqual([
    'monitoring/alertmanager/alertmanager.yml: receiver `pager`: expected the file of ' +
      '`routing_key_file`, monitoring/alertmanager/secrets/pagerduty-routing-key, to hold a ' +
      'secret, it is empty.',
    'monitoring/alertmanager/alertmanager.yml: receiver `chat`: expected the file of ' +
      '`api_url_file`, monitoring/alertmanager/secrets/slack-webhook-url, to exist. Write the ' +
      'secret to it, or point the receiver at the inbox again: docs/notifications.md.',
  ]);
});

test.each([
  [
    '- api_url: http://oncall:8025/slack/webhook',
    '- api_url: https://hooks.example.com/T/B/x',
    'chat',
    'api_url',
  ],
  [
    '- routing_key_file: /run/secrets/receiver-token',
    '- routing_key: 0123456789abcdef',
    'pager',
    'routing_key',
  ],
  [
    '- to: on-call@watchkeeper.example',
    '- to: on-call@watchkeeper.example\n        auth_password: secret',
    'mail',
    'auth_password',
  ],
])('refuses a secret in the file: %s', async (from, to, receiver, key) => {
  replace(from, to);
  expect(await notificationsCheck.run(root)).toEqual([
    expect.stringMatching(
      new RegExp(
        `receiver \`${receiver}\`: expected \`${key}\` not to stand in the file\\. Write it to `,
      ),
    ),
  ]);
});

test('refuses a receiver that no route leads to', async () => {
  replace('receivers:\n', 'receivers:\n  - name: nobody\n');
  expect(await notificationsCheck.run(root)).toEqual([
    'monitoring/alertmanager/alertmanager.yml: receiver `nobody`: expected a route to it. ' +
      'Add one, or delete it.',
  ]);
});
