import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { alert, heartbeat, notification } from '../testing/notifications.ts';
import { makeFolder, startInbox, type TestInbox } from '../testing/test-inbox.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let app: TestInbox;

beforeEach(async () => {
  folder = await makeFolder();
  app = await startInbox(folder.file);
});

afterEach(async () => {
  await app.stop();
  await folder.remove();
});

async function restart(environment: Record<string, string> = {}): Promise<void> {
  await app.stop();
  app = await startInbox(folder.file, environment);
}

test('holds after a restart what it held before', async () => {
  await app.post(notification(alert(), heartbeat()));
  await app.post(notification(alert({ fingerprint: 'other', status: 'resolved' })));
  const before = await (await app.get('/api/v1/alerts')).json();
  await restart();
  expect(await (await app.get('/api/v1/alerts')).json()).toEqual(before);
  expect(app.linesOf('inbox_load_completed')).toMatchObject([
    { firing: 1, resolved: 1, unreadable: 0, dropped: 0 },
  ]);
});

test('sets a line aside that a crash cut off, says so, and keeps the rest', async () => {
  await app.post(notification(alert(), heartbeat()));
  await appendFile(folder.file, '{"kind":"alert","alert":{"finger');
  await restart();
  expect(await app.alerts()).toHaveLength(1);
  const keptIn = `${folder.file}.unreadable`;
  expect(app.linesOf('inbox_entry_unreadable')).toMatchObject([
    {
      level: 'warn',
      line: 3,
      reason: 'Expected one JSON object, got something else.',
      kept_in: keptIn,
    },
  ]);
  expect(await readFile(keptIn, 'utf8')).toBe('{"kind":"alert","alert":{"finger\n');
  await app.post(notification(alert({ fingerprint: 'next' })));
  await restart();
  expect(await app.alerts()).toHaveLength(2);
  expect(app.linesOf('inbox_entry_unreadable')).toEqual([]);
});

test('sets lines aside whose content is not its own', async () => {
  await app.stop();
  const lines = [
    'null',
    '{"kind":"alert","alert":{}}',
    '{"kind":"heartbeat","lastReceivedAt":"x"}',
  ];
  await writeFile(folder.file, lines.join('\n'));
  app = await startInbox(folder.file);
  expect(app.linesOf('inbox_entry_unreadable').map(({ line }) => line)).toEqual([1, 2, 3]);
  expect(await app.page()).toContain('No alerts yet');
});

test('keeps the last line when only its end of line is missing', async () => {
  await app.post(notification(alert()));
  await app.stop();
  await writeFile(folder.file, (await readFile(folder.file, 'utf8')).trimEnd());
  app = await startInbox(folder.file);
  await app.post(notification(alert({ fingerprint: 'next' })));
  await restart();
  expect(await app.alerts()).toHaveLength(2);
});

test('keeps its file small however often an alert is repeated', async () => {
  const many = Array.from({ length: 600 }, () => alert());
  for (let round = 0; round < 4; round += 1) {
    await app.post(
      notification(...many.map((entry, index) => ({ ...entry, fingerprint: `f${index}` }))),
    );
  }
  // 2400 states of 600 alerts were written; a rewrite comes past twice the alerts and a thousand.
  const lines = (await readFile(folder.file, 'utf8')).trim().split('\n');
  expect(lines.length).toBeLessThanOrEqual(2_200);
  await restart();
  expect(await app.alerts()).toHaveLength(600);
});

test('starts with less capacity than it held, firing alerts first', async () => {
  await app.post(notification(alert({ fingerprint: 'r', status: 'resolved' }), alert()));
  await restart({ INBOX_CAPACITY: '1' });
  expect(await app.alerts()).toMatchObject([{ status: 'firing' }]);
  expect(app.linesOf('inbox_load_completed')).toMatchObject([{ dropped: 1 }]);
});
