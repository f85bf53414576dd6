import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, jest, test } from '@jest/globals';
import { startServer } from '@watchkeeper/testing/server';
import {
  freePort,
  killStartedProcesses,
  processTestMs,
} from '@watchkeeper/testing/started-process';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type ServiceProcess, startServiceProcess as start } from './testing/service-process.ts';

const closers: (() => void)[] = [];

jest.setTimeout(processTestMs);
afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await killStartedProcesses();
});

afterAll(removeTemporaryFolders);

/** Sends requests in small crowds; resolves to the statuses that came back. */
async function ask({ base }: Pick<ServiceProcess, 'base'>, count: number): Promise<Set<number>> {
  const statuses = new Set<number>();
  for (let i = 0; i < count; i += 20) {
    const answers = Array.from({ length: 20 }, (_, index) => fetch(`${base}/hello/${i + index}`));
    for (const { status } of await Promise.all(answers)) statuses.add(status);
  }
  return statuses;
}

function sampleOf(metrics: string, series: string): number {
  const line = metrics.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1));
}

// A small queue that is sent at once, so that a few hundred requests show what thousands would.
const smallQueue = {
  OTEL_BSP_MAX_QUEUE_SIZE: '50',
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '20',
  OTEL_BSP_SCHEDULE_DELAY: '20',
  OTEL_EXPORTER_OTLP_TIMEOUT: '500',
  OTEL_BSP_EXPORT_TIMEOUT: '1000',
};

/** An answer that never ends, in pieces so small that no silence is long enough for a timeout. */
const drip: RequestListener = (_, response) => {
  const timer = setInterval(() => response.write('.'), 20);
  response.once('close', () => clearInterval(timer));
};

// The status is what counts: spans that were answered with 200 are not known to be lost.
const collectors: [string, RequestListener, 'lost' | 'taken'][] = [
  ['never answers', () => {}, 'lost'],
  ['answers drop by drop, without end', drip, 'lost'],
  ['answers garbage', (_, response) => void response.end('\u0000{garbage'), 'taken'],
  ['refuses with 500', (_, response) => void response.writeHead(500).end(), 'lost'],
  ['hangs up', (request) => void request.socket.destroy(), 'lost'],
];

describe('a collector that', () => {
  test.each(collectors)('%s fails no request and ends in time', async (_name, listener, fate) => {
    const collector = await startServer(listener);
    closers.push(collector.close);
    const service = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...smallQueue });
    expect(await ask(service, 300)).toEqual(new Set([200]));
    const failures = async () =>
      sampleOf(await service.metrics(), 'telemetry_export_failures_total');
    await waitUntil(async () => fate !== 'lost' || (await failures()) > 0);
    if (fate === 'taken') expect(await failures()).toBe(0);
    // Within the deadline of five seconds; long past it would be killed, and end without a code.
    expect(await service.stop()).not.toBeNull();
  });

  test('is not there costs spans, which are counted', async () => {
    const service = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      ...smallQueue,
    });
    expect(await ask(service, 300)).toEqual(new Set([200]));
    const lost = 'telemetry_spans_dropped_total';
    await waitUntil(async () => sampleOf(await service.metrics(), lost) > 0);
  });
});

describe('a log file that', () => {
  test('is on a full disk fails no request, and standard output reports it once', async () => {
    const folder = makeTemporaryFolder('full');
    // The name that the rotation gives to the first file.
    symlinkSync('/dev/full', join(folder, 'app.1.log'));
    const service = await start({ TRACING_ENABLED: 'false', LOG_FILE: join(folder, 'app.log') });
    expect(await ask(service, 100)).toEqual(new Set([200]));
    expect(await service.stop()).not.toBeNull();
    const [fault, ...more] = service.linesOf('log_file_unavailable');
    expect(fault).toMatchObject({ level: 'error', err: { code: 'ENOSPC' } });
    expect(more).toEqual([]);
    expect(service.linesOf('http_request_completed')).toHaveLength(100);
  });

  test.each([
    ['whose folder is none', '/dev/null/x/app.log'],
    ['on a disk that only can be read', '/proc/x/app.log'],
  ])('%s leaves the service running on standard output, and says so', async (_name, file) => {
    const service = await start({ TRACING_ENABLED: 'false', LOG_FILE: file });
    expect(await ask(service, 20)).toEqual(new Set([200]));
    await service.lineOf('log_file_unavailable');
    expect(service.linesOf('log_file_unavailable')).toHaveLength(1);
    expect(await service.lineOf('http_request_completed')).toMatchObject({ level: 'info' });
  });
});

describe('standard output that', () => {
  test('nobody reads fails no request, and does not keep the service from its end', async () => {
    const { child, base } = await startUnread();
    expect(await ask({ base }, 1_000)).toEqual(new Set([200]));
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    // Past its deadline it ends by itself, and says by its code that not all went well.
    expect(await ended).toEqual([1, null]);
  });
});

/** The service with its lines going into a pipe that soon is full. */
async function startUnread() {
  const port = await freePort();
  const child = spawn(process.execPath, ['fixture-service.ts'], {
    cwd: join(import.meta.dirname, 'testing'),
    env: {
      PATH: process.env.PATH,
      ...{ OTEL_SERVICE_NAME: 'fixture', PORT: String(port), METRICS_PORT: '0' },
      SHUTDOWN_DEADLINE_MS: '1000',
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  closers.push(() => child.kill('SIGKILL'));
  await once(child.stdout, 'readable');
  return { child, base: `http://127.0.0.1:${port}` };
}

describe('a scraper that', () => {
  test('never reads its answer delays nobody else', async () => {
    const service = await start({ TRACING_ENABLED: 'false', SERIES: '50000' });
    const { hostname, port } = new URL(service.management);
    for (let i = 0; i < 10; i += 1) {
      const socket = connect(Number(port), hostname);
      socket.write('GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n');
      socket.pause();
      closers.push(() => socket.destroy());
    }
    expect(await ask(service, 100)).toEqual(new Set([200]));
    expect((await service.metrics()).endsWith('# EOF\n')).toBe(true);
  });

  test('opens ever more scrapes and reads none is refused at a bound', async () => {
    const service = await start({ TRACING_ENABLED: 'false', SERIES: '50000' });
    const { hostname, port } = new URL(service.management);
    const status = async () => {
      const { status, body } = await fetch(`${service.management}/metrics`);
      await body?.cancel();
      return status;
    };
    // The kernel takes a few answers for each connection off the service's hands, so more are asked.
    const questions = 'GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(20);
    while ((await status()) !== 503) {
      for (let i = 0; i < 5; i += 1) {
        const socket = connect(Number(port), hostname);
        socket.on('error', () => {});
        socket.write(questions);
        socket.pause();
        closers.push(() => socket.destroy());
      }
      await sleep(50);
    }
    expect((await fetch(`${service.management}/health`)).status).toBe(200);
    expect(await ask(service, 100)).toEqual(new Set([200]));
    for (const close of closers.splice(0)) close();
    await waitUntil(async () => (await status()) === 200);
  });

  test('comes a hundred times at once gets a hundred whole answers', async () => {
    const service = await start({ TRACING_ENABLED: 'false', SERIES: '50000' });
    const scrapes = Promise.all(Array.from({ length: 100 }, () => service.metrics()));
    const answers = ask(service, 100);
    for (const text of await scrapes) expect(text.endsWith('# EOF\n')).toBe(true);
    expect(await answers).toEqual(new Set([200]));
  });
});
