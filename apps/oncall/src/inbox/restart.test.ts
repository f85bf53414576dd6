import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { alert, heartbeat, notification } from '../testing/notifications.ts';
import { startInbox, useInbox } from '../testing/test-inbox.ts';

const inbox = useInbox();

async function restart(environment: Record<string, string> = {}): Promise<void> {
  await inbox.app.stop();
  inbox.app = await startInbox(inbox.file, environment);
}

test('keeps alerts and heartbeat across a restart', async () => {
  await inbox.app.post(notification(alert(), heartbeat()));
  await inbox.app.post(notification(alert({ fingerprint: 'other', status: 'resolved' })));
  const before = await (await inbox.app.get('/api/v1/alerts')).json();
  await restart();
  expect(await (await inbox.app.get('/api/v1/alerts')).json()).toEqual(before);
  expect(inbox.app.linesOf('inbox_load_completed')).toMatchObject([
    { firing: 1, resolved: 1, unreadable: 0, dropped: 0 },
  ]);
});

test('sets aside a line that a crash cut off, logs it, and keeps the rest', async () => {
  await inbox.app.post(notification(alert(), heartbeat()));
  await appendFile(inbox.file, '{"kind":"alert","alert":{"finger');
  await restart();
  expect(await inbox.app.alerts()).toHaveLength(1);
  const keptIn = `${inbox.file}.unreadable`;
  expect(inbox.app.linesOf('inbox_entry_unreadable')).toMatchObject([
    {
      level: 'warn',
      line: 3,
      reason: 'Expected one JSON object, got something else.',
      kept_in: keptIn,
    },
  ]);
  expect(await readFile(keptIn, 'utf8')).toBe('{"kind":"alert","alert":{"finger\n');
  await inbox.app.post(notification(alert({ fingerprint: 'next' })));
  await restart();
  expect(await inbox.app.alerts()).toHaveLength(2);
  expect(inbox.app.linesOf('inbox_entry_unreadable')).toEqual([]);
});

test('sets aside lines with unknown content', async () => {
  await inbox.app.stop();
  const lines = [
    'null',
    '{"kind":"alert","alert":{}}',
    '{"kind":"heartbeat","lastReceivedAt":"x"}',
  ];
  await writeFile(inbox.file, lines.join('\n'));
  inbox.app = await startInbox(inbox.file);
  expect(inbox.app.linesOf('inbox_entry_unreadable').map(({ line }) => line)).toEqual([1, 2, 3]);
  expect(await inbox.app.page()).toContain('No alerts yet');
});

test('keeps a last line without a line break', async () => {
  await inbox.app.post(notification(alert()));
  await inbox.app.stop();
  await writeFile(inbox.file, (await readFile(inbox.file, 'utf8')).trimEnd());
  inbox.app = await startInbox(inbox.file);
  await inbox.app.post(notification(alert({ fingerprint: 'next' })));
  await restart();
  expect(await inbox.app.alerts()).toHaveLength(2);
});

test('compacts its file when an alert is repeated', async () => {
  const many = Array.from({ length: 600 }, () => alert());
  for (let round = 0; round < 4; round += 1) {
    await inbox.app.post(
      notification(...many.map((entry, index) => ({ ...entry, fingerprint: `f${index}` }))),
    );
  }
  // 2400 states of 600 alerts were written; a rewrite comes past twice the alerts and a thousand.
  const lines = (await readFile(inbox.file, 'utf8')).trim().split('\n');
  expect(lines.length).toBeLessThanOrEqual(2_200);
  await restart();
  expect(await inbox.app.alerts()).toHaveLength(600);
});

test('drops resolved alerts first when it starts with less capacity', async () => {
  await inbox.app.post(notification(alert({ fingerprint: 'r', status: 'resolved' }), alert()));
  await restart({ INBOX_CAPACITY: '1' });
  expect(await inbox.app.alerts()).toMatchObject([{ status: 'firing' }]);
  expect(inbox.app.linesOf('inbox_load_completed')).toMatchObject([{ dropped: 1 }]);
});
