import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startServer, type TestServer } from '@watchkeeper/testing/server';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { assignPorts } from '../ports.ts';
import { runCommand } from '../run-command.ts';
import { repositoryRoot } from '../state-folder.ts';

const program = join(repositoryRoot, 'monitoring/watcher/watcher.mjs');
const heartbeat = { alerts: [{ status: 'firing', labels: { alertname: 'Watchdog' } }] };

let folder: string;
let channels: TestServer;
let told: { path: string; body: Record<string, unknown> }[];
let status: number;
let stops: (() => Promise<unknown>)[];

beforeEach(async () => {
  folder = makeTemporaryFolder('watcher');
  told = [];
  status = 200;
  stops = [];
  channels = await startServer(async (request, response) => {
    const body = (await json(request)) as Record<string, unknown>;
    // A channel that fails has told nobody.
    if (status === 200) told.push({ path: request.url ?? '', body });
    response.writeHead(status).end('ok');
  });
});

afterEach(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await channels.close();
  removeTemporaryFolders();
});

function secret(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, `${text}\n`);
  return file;
}

const chat = () => ({ WATCHER_CHAT_URL_FILE: secret('chat', `${channels.url}/chat`) });
const pager = () => ({
  WATCHER_PAGERDUTY_KEY_FILE: secret('pager', 'k3y'),
  WATCHER_PAGERDUTY_URL: `${channels.url}/pager`,
});

/** Starts a watcher that calls a second of silence late. */
async function start(own: Readonly<Record<string, string>>) {
  const [port] = await assignPorts([{ component: 'watcher', name: 'http' }]);
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...{ PORT: String(port), BIND_ADDRESS: '127.0.0.1' },
      WATCHER_TOKEN_FILE: secret('token', 't0ken'),
      ...{ WATCHER_TIMEOUT_SECONDS: '1', WATCHER_RETRY_SECONDS: '0.2' },
      ...own,
    },
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  stops.push(stop);
  await waitUntil('the watcher', async () => (await fetch(`${url}/health`)).status > 0);
  return {
    url,
    stop,
    health: async () => (await fetch(`${url}/health`)).status,
    beat: async (body: unknown = heartbeat, token = 't0ken') => {
      const headers = { authorization: `Bearer ${token}` };
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      return (await fetch(`${url}/heartbeat`, init)).status;
    },
  };
}

test('is silent while heartbeats come, tells every channel once when they stop, and when they are back', async () => {
  const watcher = await start({ ...chat(), ...pager(), WATCHER_TIMEOUT_SECONDS: '2' });
  for (let beats = 0; beats < 6; beats += 1) {
    expect(await watcher.beat()).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  expect([told, await watcher.health()]).toEqual([[], 200]);
  await waitUntil('both channels', () => told.length === 2);
  expect(await watcher.health()).toBe(503);
  const text = expect.stringMatching(/^No heartbeat from Alertmanager for \d+ s, since 20/);
  const page = { routing_key: 'k3y', dedup_key: 'watchkeeper-heartbeat' };
  const payload = { summary: text, source: expect.any(String), severity: 'critical' };
  expect(told).toContainEqual({ path: '/chat', body: { text } });
  expect(told).toContainEqual({
    path: '/pager',
    body: { ...page, event_action: 'trigger', payload },
  });
  await watcher.beat();
  await waitUntil('the end', () => told.length === 4);
  expect(told.at(-1)?.body).not.toHaveProperty('event_action', 'trigger');
  expect(await watcher.health()).toBe(200);
});

test('tries again where a channel fails, and repeats while the silence lasts', async () => {
  status = 500;
  await start({ ...chat(), WATCHER_REPEAT_SECONDS: '1' });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(told).toEqual([]);
  status = 200;
  await waitUntil('the first', () => told.length === 1);
  await waitUntil('its repetition', () => told.length === 2);
});

test('counts the silence on over a restart, with time for the next heartbeat', async () => {
  const kept = join(folder, 'last');
  const settings = { ...chat(), WATCHER_STATE_FILE: kept, WATCHER_TIMEOUT_SECONDS: '1090' };
  const first = await start(settings);
  await first.beat();
  await waitUntil('the state', () => existsSync(kept));
  expect(Date.now() - Date.parse(readFileSync(kept, 'utf8').trim())).toBeLessThan(60_000);
  await first.stop();
  writeFileSync(kept, '2026-01-01T00:00:00.000Z\n');
  const second = await start(settings);
  // Late in ninety seconds, by which the next heartbeat has come.
  const response = await fetch(`${second.url}/health`);
  expect([response.status, await response.text()]).toEqual([
    200,
    expect.stringMatching(/^alive, silent for 10\d\d s\n$/),
  ]);
});

test('takes nothing but the heartbeat of who has the token', async () => {
  const watcher = await start({ ...chat(), WATCHER_TIMEOUT_SECONDS: '60' });
  expect(await watcher.beat(heartbeat, 'guess')).toBe(401);
  const other = { alerts: [{ status: 'firing', labels: { alertname: 'HighErrorRate' } }] };
  const over = { alerts: [{ status: 'resolved', labels: { alertname: 'Watchdog' } }] };
  for (const body of [other, over, {}, null, { alerts: [null] }, { alerts: {} }]) {
    expect([body, await watcher.beat(body)]).toEqual([body, 422]);
  }
  expect(await watcher.beat({ ...heartbeat, more: 'x'.repeat(1_100_000) })).toBe(413);
  expect((await fetch(`${watcher.url}/heartbeat`)).status).toBe(405);
  expect((await fetch(watcher.url)).status).toBe(404);
});

test.each([
  ['no token', { WATCHER_TOKEN_FILE: '' }, 'Expected `WATCHER_TOKEN_FILE`'],
  ['a missing file', { WATCHER_TOKEN_FILE: '/missing' }, '`/missing`, to hold a secret'],
  ['nobody to tell', { WATCHER_CHAT_URL_FILE: '' }, 'nobody would know'],
  ['a timeout that is none', { WATCHER_TIMEOUT_SECONDS: 'soon' }, 'got `soon`'],
  ['a port that is none', { PORT: '-1' }, 'got `-1`'],
])('does not start with %s', async (_, own, reason) => {
  const env = { WATCHER_TOKEN_FILE: secret('token', 't'), ...chat(), ...own };
  const { code, stderr } = await runCommand(process.execPath, [program], { env });
  expect(code).toBe(2);
  expect(stderr).toContain(reason);
});
