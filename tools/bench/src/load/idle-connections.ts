// The memory of idle WebSocket connections: realtime in a process of its own, as shipped, and the
// clients in another.
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTokens } from '@watchkeeper/galley';
import { repositoryRoot as root } from '@watchkeeper/stack';
import { freePorts } from '@watchkeeper/testing/started-process';
import { readSample } from '../machine/read-sample.ts';
import { withStack } from '../machine/temporary-stack.ts';

const connections = 5_000;
// More than a heartbeat's interval: every connection has been pinged.
const restMs = 31_000;
const settleMs = 2_000;
const bytesPerMebibyte = 1_048_576;

interface IdleConnections {
  readonly connections: number;
  /** Resident memory of the process with all of them open. */
  readonly rssMiB: number;
  /** With the garbage of start and upgrades collected before and after. */
  readonly rssPerConnectionKiB: number;
}

/** Opens 5,000 connections to a realtime of its own and reads that process's resident memory. */
export function measureIdleConnections(): Promise<IdleConnections> {
  return withStack({ components: ['postgres'] }, async ({ databaseUrl }, folder) => {
    const secret = randomBytes(32).toString('hex');
    writeFileSync(join(folder, 'secret'), secret, { mode: 0o600 });
    const [port = 0, metricsPort = 0] = await freePorts(2);
    const ports = { PORT: String(port), METRICS_PORT: String(metricsPort) };
    const realtime = startRealtime(databaseUrl, folder, ports);
    let clients: ChildProcess | undefined;
    try {
      await waitUntilReady(realtime, metricsPort);
      const atRest = await readCollected(realtime, metricsPort);
      clients = await openConnections(`ws://127.0.0.1:${port}/ws`, Buffer.from(secret));
      await sleep(restMs);
      const loaded = await readMetrics(metricsPort);
      const collected = await readCollected(realtime, metricsPort);
      return {
        connections: loaded.active,
        rssMiB: loaded.bytes / bytesPerMebibyte,
        rssPerConnectionKiB: (collected.bytes - atRest.bytes) / loaded.active / 1_024,
      };
    } finally {
      await stop(clients);
      await stop(realtime);
    }
  });
}

// Added to the process: collects garbage at each message, and again, as the first collection only
// marks some of the pages that the next one frees.
const collectOnMessage =
  'data:text/javascript,process.on("message", () => { gc(); setTimeout(gc, 500); setTimeout(gc, 1000); })';

function startRealtime(
  databaseUrl: string,
  folder: string,
  ports: Record<string, string>,
): ChildProcess {
  const preloads = ['@watchkeeper/telemetry/instrumentation', collectOnMessage];
  return fork('src/main.ts', {
    cwd: join(root, 'apps/realtime'),
    execArgv: ['--expose-gc', ...preloads.flatMap((preload) => ['--import', preload])],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      OTEL_SERVICE_NAME: 'realtime',
      // As `npm start` sets it without a collector.
      OTEL_TRACES_SAMPLER: 'always_off',
      DATABASE_URL: databaseUrl,
      JWT_SECRET_FILE: join(folder, 'secret'),
      LOG_FILE: join(folder, 'realtime.log'),
      ...ports,
    },
  });
}

async function waitUntilReady(realtime: ChildProcess, port: number): Promise<void> {
  while (realtime.exitCode === null) {
    const response = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined);
    if (response?.ok) return;
    await sleep(50);
  }
  throw new Error(`Expected realtime to start, but it exited with code ${realtime.exitCode}.`);
}

async function stop(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill();
  await exited;
}

async function readCollected(realtime: ChildProcess, port: number) {
  realtime.send('collect');
  await sleep(settleMs);
  return readMetrics(port);
}

async function openConnections(url: string, secret: Uint8Array): Promise<ChildProcess> {
  const { sign } = createTokens(secret);
  const device = { deviceId: 'phone', roles: ['customer' as const] };
  const tokens = await Promise.all(
    Array.from({ length: connections }, () =>
      sign({ userId: randomUUID(), sessionId: randomUUID(), ...device }),
    ),
  );
  const child = fork(join(root, 'apps/realtime/src/testing/idle-clients.ts'));
  child.send({ url, tokens });
  const died = once(child, 'exit').then(() => {
    throw new Error('Expected all connections to open, but the clients exited.');
  });
  await Promise.race([once(child, 'message'), died]);
  // They are stopped once everything has been read.
  died.catch(() => {});
  return child;
}

async function readMetrics(port: number): Promise<{ active: number; bytes: number }> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return {
    active: readSample(text, 'ws_connections_active'),
    bytes: readSample(text, 'process_resident_memory_bytes'),
  };
}
