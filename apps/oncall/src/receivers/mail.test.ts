import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeFolder, startInbox, type TestInbox } from '../testing/test-inbox.ts';
import { startMailServer } from './mail.ts';
import { createReceiver } from './receiver.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let app: TestInbox;
let mail: Awaited<ReturnType<typeof startMailServer>>;

beforeEach(async () => {
  folder = await makeFolder();
  app = await startInbox(folder.file);
  mail = await startMailServer({
    port: 0,
    bindAddress: '127.0.0.1',
    receiver: createReceiver(app.telemetry, app.inbox, 'mail'),
    senders: app.senders,
  });
});

afterEach(async () => {
  await mail.close();
  await app.stop();
  await folder.remove();
});

/** Speaks SMTP line by line; returns each answer's code. */
async function speak(...lines: string[]): Promise<string[]> {
  const socket = connect(mail.port, '127.0.0.1');
  const codes: string[] = [];
  const rest = [...lines];
  await new Promise<void>((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      if (!/^\d{3} .*\r\n$/m.test(text)) return;
      codes.push(/^(\d{3}) /m.exec(text)?.[1] ?? '');
      text = '';
      const next = rest.shift();
      if (next === undefined) socket.end();
      else socket.write(`${next}\r\n`);
    });
    socket.on('close', () => resolve()).on('error', reject);
  });
  return codes;
}

const envelope = ['EHLO test', 'MAIL FROM:<a@example.org>', 'RCPT TO:<b@example.org>', 'DATA'];
const content = [
  'From: a@example.org',
  'To: b@example.org',
  'Subject: =?utf-8?q?[RESOLVED]_HighErrorRate_=C2=B7_api?=',
  'X-Alert-Name: HighErrorRate',
  'X-Alert-Job: api',
  'MIME-Version: 1.0',
  'Content-Type: multipart/alternative; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'More fails: <b>5 < 6</b>',
  'Runbook:   http://a.example/r',
  'Silence:   http://a.example/s?a=1&b=2',
  '--b',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<script>alert(1)</script>',
  '--b--',
];

test('stores the readable parts of a mail', async () => {
  const codes = await speak(...envelope, [...content, '.'].join('\r\n'), 'QUIT');
  expect(codes).toEqual(['220', '250', '250', '250', '354', '250', '221']);
  expect(app.inbox.messages()).toMatchObject([
    {
      channel: 'mail',
      status: 'resolved',
      alertname: 'HighErrorRate',
      job: 'api',
      title: '[RESOLVED] HighErrorRate · api',
      text: expect.stringMatching(/^More fails: <b>5 < 6<\/b>\s+Runbook:/),
      links: [
        { title: 'Runbook', href: 'http://a.example/r' },
        { title: 'Silence', href: 'http://a.example/s?a=1&b=2' },
      ],
    },
  ]);
});

test('refuses a mail of more than a megabyte and accepts the next', async () => {
  const large = `${'x'.repeat(1_000)}\r\n`.repeat(1_100);
  const codes = await speak(...envelope, `Subject: large\r\n\r\n${large}.`);
  expect(codes.at(-1)).toBe('552');
  expect(app.inbox.messages()).toEqual([]);
  expect(app.linesOf('inbox_message_refused')).toMatchObject([
    { channel: 'mail', problem: 'The mail is larger than 1048576 bytes.' },
  ]);
  await speak(...envelope, [...content, '.'].join('\r\n'));
  expect(app.inbox.messages()).toHaveLength(1);
});

test('responds with 451 if it cannot store', async () => {
  await app.inbox.close();
  const codes = await speak(...envelope, [...content, '.'].join('\r\n'));
  expect(codes.at(-1)).toBe('451');
});

test('survives a client that disconnects during a mail', async () => {
  const socket = connect(mail.port, '127.0.0.1');
  await new Promise((resolve) => socket.once('data', resolve));
  socket.write(`${envelope.join('\r\n')}\r\nSubject: torn`);
  socket.resetAndDestroy();
  const codes = await speak(...envelope, [...content, '.'].join('\r\n'));
  expect(codes.at(-1)).toBe('250');
});

test('names a taken port and the fix', async () => {
  const receiver = createReceiver(app.telemetry, app.inbox, 'mail');
  await expect(
    startMailServer({ port: mail.port, bindAddress: '127.0.0.1', receiver, senders: app.senders }),
  ).rejects.toThrow(
    `Could not listen on 127.0.0.1:${mail.port} (EADDRINUSE). Set \`SMTP_PORT\` to a free port.`,
  );
});
