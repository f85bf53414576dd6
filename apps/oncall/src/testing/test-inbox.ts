import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import { listRoutes } from '@watchkeeper/galley/testing';
import { createEnvironmentReader } from '@watchkeeper/telemetry';
import { createTestTelemetry } from '@watchkeeper/telemetry/testing';
import { startServer } from '@watchkeeper/testing/server';
import { createApp } from '../app.ts';
import { createSilenceWatch } from '../audit/silence-watch.ts';
import { readConfiguration } from '../config.ts';
import { watchInbox } from '../inbox/metrics.ts';
import { openInbox } from '../inbox/store.ts';
import { createLive } from '../page/live.ts';
import { createSenderCheck } from '../receivers/sender.ts';

/** The moment at which every test begins. */
export const startOfTest = Date.parse('2026-01-31T03:00:00.000Z');

export type TestInbox = Awaited<ReturnType<typeof startInbox>>;

/** Makes a folder for a test and a function that removes it. */
export async function makeFolder(): Promise<{ file: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'inbox-'));
  return {
    file: join(folder, 'inbox.jsonl'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Starts an inbox with a file of its own before each test, and stops it afterwards. */
export function useInbox(environment: Record<string, string> = {}) {
  const fixture = {} as { file: string; app: TestInbox };
  let remove: () => Promise<void>;
  beforeEach(async () => {
    const folder = await makeFolder();
    remove = folder.remove;
    fixture.file = folder.file;
    fixture.app = await startInbox(folder.file, environment);
  });
  afterEach(async () => {
    await fixture.app.stop();
    await remove();
  });
  return fixture;
}

/** Starts the real application on a free port, with a clock that the test moves. */
export async function startInbox(file: string, environment: Record<string, string> = {}) {
  const reader = createEnvironmentReader({ INBOX_FILE: file, ...environment });
  const configuration = readConfiguration(reader);
  reader.finish();
  const { telemetry, lines, linesOf } = await createTestTelemetry();
  const clock = { now: startOfTest };
  const now = () => clock.now;
  const inbox = await openInbox({
    file,
    capacity: configuration.inboxCapacity,
    logger: telemetry.logger,
    now,
  });
  const live = createLive();
  inbox.onChange(live.announce);
  watchInbox(telemetry, inbox, live);
  const senders = createSenderCheck(configuration.receiverToken);
  const { alertmanagerQueryUrl } = configuration;
  const silences = createSilenceWatch({
    ...{ alertmanagerQueryUrl, telemetry, inbox },
    onChange: live.announce,
  });
  const formToken = 'form-token';
  const parts = { configuration, telemetry, inbox, live, senders, silences, formToken };
  const app = createApp({ ...parts, now });
  const { url: origin, close } = await startServer(app);

  return {
    clock,
    origin,
    lines,
    linesOf,
    inbox,
    live,
    telemetry,
    senders,
    silences,
    /** Every endpoint. */
    routes: listRoutes(app),
    renderMetrics: () => telemetry.renderMetrics(),
    get: (path: string) => fetch(`${origin}${path}`),
    page: async () => (await fetch(origin)).text(),
    post: (body: unknown, path?: string) => post(origin, JSON.stringify(body), undefined, path),
    postText: (body: string, type?: string, path?: string) => post(origin, body, type, path),
    async alerts(query = ''): Promise<Record<string, unknown>[]> {
      const response = await fetch(`${origin}/api/v1/alerts${query}`);
      return ((await response.json()) as { alerts: Record<string, unknown>[] }).alerts;
    },
    async stop() {
      live.close();
      await close();
      await inbox.close();
    },
  };
}

function post(
  origin: string,
  body: string,
  type = 'application/json',
  path = '/webhooks/alertmanager',
): Promise<Response> {
  const headers = { 'content-type': type };
  return fetch(`${origin}${path}`, { method: 'POST', headers, body });
}
