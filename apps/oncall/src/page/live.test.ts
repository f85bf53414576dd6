import { get, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { alert, notification } from '../testing/notifications.ts';
import { makeFolder, startInbox, type TestInbox } from '../testing/test-inbox.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let app: TestInbox;
const open: IncomingMessage[] = [];

beforeEach(async () => {
  folder = await makeFolder();
  app = await startInbox(folder.file);
});

afterEach(async () => {
  for (const stream of open.splice(0)) stream.destroy();
  await app.stop();
  await folder.remove();
});

/** Opens a page's stream and waits for its first line. */
async function openStream() {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${app.origin}/events`, { agent: false }, resolve).on('error', reject);
  });
  open.push(response);
  const stream = { text: '', isOver: false };
  response.setEncoding('utf8').on('data', (text) => {
    stream.text += text;
  });
  response.on('end', () => {
    stream.isOver = true;
  });
  response.on('error', () => {});
  return { response, stream };
}

test('notifies an open page of a change, and of a burst once', async () => {
  const { response, stream } = await openStream();
  expect(response.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
  });
  await waitUntil(() => stream.text.includes('retry: 3000'));
  const changes = () => stream.text.match(/event: change/g)?.length;
  await app.post(notification(alert()));
  await waitUntil(() => changes() === 1);
  for (let i = 0; i < 3; i += 1) app.live.announce();
  await waitUntil(() => changes() === 2);
  await app.inbox.beat();
  await waitUntil(() => changes() === 3);
});

test('counts open pages, and none as a slow request', async () => {
  await openStream();
  const { response } = await openStream();
  await waitUntil(() => app.live.clientCount() === 2);
  expect(await app.renderMetrics()).toContain('inbox_live_clients 2');
  response.destroy();
  await waitUntil(() => app.live.clientCount() === 1);
  expect(await app.renderMetrics()).not.toContain('route="/events"');
});

test('ends the oldest of a hundred pages for the next one', async () => {
  const { stream } = await openStream();
  for (let count = 0; count < 99; count += 1) await openStream();
  const { response } = await openStream();
  expect(response.statusCode).toBe(200);
  await waitUntil(() => stream.isOver);
  expect(app.live.clientCount()).toBe(100);
});

test('ends the streams on shutdown and accepts no more', async () => {
  const { stream } = await openStream();
  app.live.close();
  await waitUntil(() => stream.isOver);
  expect((await openStream()).response.statusCode).toBe(503);
});
