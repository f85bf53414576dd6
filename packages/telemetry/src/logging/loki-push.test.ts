import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readTelemetryConfiguration } from '../configuration.ts';
import { createEnvironmentReader } from '../environment-reader.ts';
import { openLogDestination } from './destination.ts';
import { createLoggers } from './logger.ts';

interface PushedStream {
  readonly stream: Readonly<Record<string, string>>;
  readonly values: readonly [time: string, line: string, metadata?: Record<string, string>][];
}

let server: Server;
let pushed: PushedStream[];
let status = 204;

beforeEach(async () => {
  pushed = [];
  status = 204;
  server = createServer(async (request, response) => {
    pushed.push(...((await json(request)) as { streams: PushedStream[] }).streams);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

type Reason = 'buffer_full' | 'write_failed' | 'file_deleted';

/** Writes that many lines, ends, and returns how many were lost for which reason. */
async function writeLines(count: number, variables: Record<string, string> = {}) {
  const { port } = (server.address() ?? { port: 0 }) as AddressInfo;
  const reader = createEnvironmentReader({
    OTEL_SERVICE_NAME: 'api',
    LOG_SHIPPING: 'push',
    LOKI_URL: `http://127.0.0.1:${port}`,
    ...variables,
  });
  const configuration = readTelemetryConfiguration(reader);
  reader.finish();
  const lost: Record<Reason, number> = { ...nothing };
  const onDrop = (reason: Reason, lines: number) => {
    lost[reason] += lines;
  };
  const losses = { onDrop, onFault: () => {}, onReopen: () => {} };
  const destination = await openLogDestination(configuration.log, losses, { stdout: false });
  const { logger } = createLoggers(configuration, destination.stream);
  for (let index = 0; index < count; index += 1) {
    logger.warn({ event: 'test', index, trace_id: 'a'.repeat(32) }, 'line written');
  }
  await destination.end();
  return lost;
}

const nothing = { buffer_full: 0, write_failed: 0, file_deleted: 0 };

test('pushes every line once, unchanged', async () => {
  expect(await writeLines(1_000)).toEqual(nothing);
  const lines = pushed.flatMap(({ values }) => values.map(([, line]) => JSON.parse(line)));
  expect(lines.map(({ index }) => index)).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
  expect(lines[0]).toMatchObject({ level: 'warn', service: 'api', msg: 'line written' });
});

test('gives them the labels, the time and the metadata that a shipper would', async () => {
  const before = Date.now();
  await writeLines(1);
  const [{ stream, values } = { stream: {}, values: [] }] = pushed;
  expect(stream).toEqual({ level: 'warn', service: 'api', environment: 'development' });
  expect(values[0]?.[0]).toMatch(/^\d{19}$/);
  expect(Number(values[0]?.[0].slice(0, 13))).toBeGreaterThanOrEqual(before);
  expect(values[0]?.[2]).toEqual({ event: 'test', trace_id: 'a'.repeat(32) });
});

test('writes no file: a line has one path', async () => {
  const { mkdtempSync, readdirSync, rmSync } = await import('node:fs');
  const folder = mkdtempSync('/tmp/watchkeeper-push-');
  await writeLines(10, { LOG_FILE: `${folder}/api.log` });
  expect(readdirSync(folder)).toEqual([]);
  expect(pushed).toHaveLength(10);
  rmSync(folder, { recursive: true });
});

test('does not fail a service whose Loki refuses, and counts each line', async () => {
  status = 500;
  expect(await writeLines(10)).toEqual({ ...nothing, write_failed: 10 });
});

test('counts the lines lost to an unreachable Loki', async () => {
  const { port } = server.address() as AddressInfo;
  server.close();
  const lost = await writeLines(10, { LOKI_URL: `http://127.0.0.1:${port}` });
  expect(lost).toEqual({ ...nothing, write_failed: 10 });
});

test('counts lines dropped by a full buffer', async () => {
  expect(await writeLines(10_005)).toEqual({ ...nothing, buffer_full: 5 });
  expect(pushed).toHaveLength(10_000);
});

test('needs an address', () => {
  const reader = createEnvironmentReader({ OTEL_SERVICE_NAME: 'api', LOG_SHIPPING: 'push' });
  readTelemetryConfiguration(reader);
  expect(() => reader.finish()).toThrow('Expected `LOKI_URL` to be set, it is not set.');
});
