import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEnvironmentReader } from '@watchkeeper/telemetry';
import { createTestTelemetry } from '@watchkeeper/telemetry/testing';
import { createApp } from '../app.ts';
import { readConfiguration } from '../config.ts';
import { watchInbox } from '../inbox/metrics.ts';
import { openInbox } from '../inbox/store.ts';
import { createExternalsFaults } from '../stand-ins/faults.ts';

/** The moment at which every test begins. */
export const startOfTest = Date.parse('2026-01-31T03:00:00.000Z');

/** A running inbox, as a test sees it. */
export type TestInbox = Awaited<ReturnType<typeof startInbox>>;

/** Makes a folder for a test and a function that removes it. */
export async function makeFolder(): Promise<{ file: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'inbox-'));
  return {
    file: join(folder, 'inbox.jsonl'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
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
  watchInbox(telemetry, inbox);
  const faults = createExternalsFaults(telemetry.logger, true);
  const server = createServer(createApp({ configuration, telemetry, inbox, faults, now }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    clock,
    origin,
    faults,
    lines,
    linesOf,
    inbox,
    renderMetrics: () => telemetry.renderMetrics(),
    get: (path: string) => fetch(`${origin}${path}`),
    page: async () => (await fetch(origin)).text(),
    post: (body: unknown) => post(origin, JSON.stringify(body)),
    postText: (body: string, type?: string) => post(origin, body, type),
    async alerts(query = ''): Promise<Record<string, unknown>[]> {
      const response = await fetch(`${origin}/api/v1/alerts${query}`);
      return ((await response.json()) as { alerts: Record<string, unknown>[] }).alerts;
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await inbox.close();
    },
  };
}

function post(origin: string, body: string, type = 'application/json'): Promise<Response> {
  const headers = { 'content-type': type };
  return fetch(`${origin}/webhooks/alertmanager`, { method: 'POST', headers, body });
}
