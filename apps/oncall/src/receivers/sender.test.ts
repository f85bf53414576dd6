import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { alert, heartbeat, notification } from '../testing/notifications.ts';
import { startInbox, type TestInbox } from '../testing/test-inbox.ts';
import { startMailServer } from './mail.ts';
import { createReceiver } from './receiver.ts';

const token = 'the-token-that-prepare-made';
const slack = { text: 'a forged message' };
const page = {
  routing_key: 'a-foreign-key',
  event_action: 'trigger',
  payload: { summary: 'a forged page', source: 'x', severity: 'critical' },
};

let app: TestInbox;
afterAll(removeTemporaryFolders);
beforeEach(async () => {
  const folder = makeTemporaryFolder('sender');
  writeFileSync(join(folder, 'token'), `${token}\n`);
  app = await startInbox(join(folder, 'inbox'), { RECEIVER_TOKEN_FILE: join(folder, 'token') });
});
afterEach(() => app.stop());

function send(path: string, body: unknown, authorization?: string) {
  const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
  return fetch(app.origin + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

test.each([
  ['/webhooks/alertmanager', notification(alert())],
  ['/webhooks/heartbeat', notification(heartbeat())],
  ['/slack/webhook', slack],
])('%s takes nothing from a sender without the token', async (path, body) => {
  for (const header of [undefined, 'Bearer ', 'Bearer wrong', `Basic ${token}`, token]) {
    const response = await send(path, body, header);
    expect([header, response.status]).toEqual([header, 401]);
  }
  expect([app.inbox.list(), app.inbox.messages(), app.inbox.lastHeartbeatAt()]).toEqual([
    [],
    [],
    undefined,
  ]);
  expect((await send(path, body, `Bearer ${token}`)).status).toBe(200);
});

test('a page needs our routing key', async () => {
  const refused = await send('/pagerduty/v2/enqueue', page);
  expect([refused.status, await refused.json()]).toMatchObject([
    400,
    { errors: ["'routing_key' is invalid"] },
  ]);
  expect(app.inbox.messages()).toEqual([]);
  expect((await send('/pagerduty/v2/enqueue', { ...page, routing_key: token })).status).toBe(202);
});

test.each([
  ['no password', [], ['530']],
  ['a wrong password', ['AUTH LOGIN', btoa('alertmanager'), btoa('wrong')], ['334', '334', '535']],
  ['the token', ['AUTH LOGIN', btoa('alertmanager'), btoa(token)], ['334', '334', '235']],
])('mail with %s', async (_, login, codes) => {
  const receiver = createReceiver(app.telemetry, app.inbox, 'mail');
  const options = { port: 0, bindAddress: '127.0.0.1', receiver, senders: app.senders };
  const mail = await startMailServer(options);
  const socket = connect(mail.port, '127.0.0.1');
  const rest = ['EHLO test', ...login, ...(login.length === 0 ? ['MAIL FROM:<a@b.example>'] : [])];
  const answers: string[] = [];
  for await (const line of createInterface({ input: socket })) {
    if (line[3] === '-') continue;
    answers.push(line.slice(0, 3));
    const next = rest.shift();
    if (next === undefined) break;
    socket.write(`${next}\r\n`);
  }
  socket.destroy();
  await mail.close();
  expect(answers.slice(2)).toEqual(codes);
});

test('keeps alerts and groups within bounds', async () => {
  const long = 'x'.repeat(3_000_000);
  const labels = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`label_${n}`, 'y']));
  const annotations = { summary: 'short', description: long, ...labels };
  const big = alert({ labels: { alertname: long, ...labels }, annotations, generatorURL: long });
  const sent = { ...notification(big), groupKey: long, externalURL: `http://a/${long}` };
  expect((await send('/webhooks/alertmanager', sent, `Bearer ${token}`)).status).toBe(413);
  const smaller = JSON.parse(JSON.stringify(sent).replaceAll(long, 'x'.repeat(900_000)));
  expect((await send('/webhooks/alertmanager', smaller, `Bearer ${token}`)).status).toBe(200);
  const [kept] = app.inbox.list();
  expect(JSON.stringify(kept).length).toBeLessThan(20_000);
  expect(kept?.annotations.summary).toBe('short');
  expect(kept?.labels.alertname).toHaveLength(500);
});

test('takes at most a thousand alerts at once', async () => {
  const alerts = Array.from({ length: 1_001 }, (_, n) => alert({ fingerprint: `f${n}` }));
  const response = await send('/webhooks/alertmanager', notification(...alerts), `Bearer ${token}`);
  expect([response.status, await response.text()]).toEqual([
    422,
    expect.stringContaining('Expected at most 1000 alerts. Group them by more labels.'),
  ]);
});
