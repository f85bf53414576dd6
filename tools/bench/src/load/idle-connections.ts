// What idle WebSocket connections cost: realtime in a process of its own, as it is shipped, and the
// clients in another.
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTokens } from '@watchkeeper/galley';
import { repositoryRoot, startStack } from '@watchkeeper/stack';
import { freePort } from '@watchkeeper/testing/started-process';
import { readSample } from '../samples.ts';

const root = repositoryRoot;
const connections = 5_000;
// More than a heartbeat's interval: every connection has been pinged.
const restMs = 31_000;
const settleMs = 2_000;
const bytesPerMebibyte = 1_048_576;

/** What the connections cost. */
export interface IdleConnections {
  readonly connections: number;
  /** Resident memory of the process with all of them open, as it is. */
  readonly rssMiB: number;
  /** What one of them adds, with the garbage of start and upgrades collected before and after. */
  readonly rssPerConnectionKiB: number;
}

/** Opens 5,000 connections to a realtime of its own and reads that process's resident memory. */
export async function measureIdleConnections(): Promise<IdleConnections> {
  const folder = mkdtempSync(join(tmpdir(), 'watchkeeper-idle-'));
  const stack = await startStack({ stateFolder: folder, ports: 'free', components: ['postgres'] });
  const secret = randomBytes(32).toString('hex');
  writeFileSync(join(folder, 'secret'), secret, { mode: 0o600 });
  const ports = { PORT: await freePort(), METRICS_PORT: await freePort() };
  const realtime = startRealtime(stack.databaseUrl, folder, ports);
  let clients: ChildProcess | undefined;
  try {
    await waitUntilReady(realtime, ports.METRICS_PORT);
    const atRest = await readCollected(realtime, ports.METRICS_PORT);
    clients = await openConnections(`ws://127.0.0.1:${ports.PORT}/ws`, Buffer.from(secret));
    await sleep(restMs);
    const loaded = await readMetrics(ports.METRICS_PORT);
    const collected = await readCollected(realtime, ports.METRICS_PORT);
    return {
      connections: loaded.active,
      rssMiB: loaded.bytes / bytesPerMebibyte,
      rssPerConnectionKiB: (collected.bytes - atRest.bytes) / loaded.active / 1_024,
    };
  } finally {
    await stop(clients);
    await stop(realtime);
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

// What the benchmark adds to the process: garbage is collected when it says so, and again, because
// the first collection only marks some of the pages that the next one gives back.
const collectOnMessage =
  'data:text/javascript,process.on("message", () => { gc(); setTimeout(gc, 500); setTimeout(gc, 1000); })';

function startRealtime(
  databaseUrl: string,
  folder: string,
  ports: Record<string, number>,
): ChildProcess {
  const preloads = ['@watchkeeper/telemetry/instrumentation', collectOnMessage];
  return fork('src/main.ts', {
    cwd: join(root, 'apps/realtime'),
    execArgv: ['--expose-gc', ...preloads.flatMap((preload) => ['--import', preload])],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      OTEL_SERVICE_NAME: 'realtime',
      // As `npm start` has it where nobody takes spans.
      OTEL_TRACES_SAMPLER: 'always_off',
      DATABASE_URL: databaseUrl,
      JWT_SECRET_FILE: join(folder, 'secret'),
      LOG_FILE: join(folder, 'realtime.log'),
      ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
    },
  });
}

async function waitUntilReady(realtime: ChildProcess, port: number): Promise<void> {
  while (realtime.exitCode === null) {
    const response = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined);
    if (response?.ok) return;
    await sleep(50);
  }
  throw new Error(`Expected realtime to start, but it ended with code ${realtime.exitCode}.`);
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
  const tokens = await Promise.all(
    Array.from({ length: connections }, () =>
      sign({
        userId: randomUUID(),
        deviceId: 'phone',
        sessionId: randomUUID(),
        roles: ['customer'],
      }),
    ),
  );
  const child = fork(join(root, 'apps/realtime/src/testing/idle-clients.ts'));
  child.send({ url, tokens });
  const died = once(child, 'exit').then(() => {
    throw new Error('Expected all connections to open, but the clients died.');
  });
  await Promise.race([once(child, 'message'), died]);
  died.catch(() => {
    // It is ended on purpose once everything has been read.
  });
  return child;
}

async function readMetrics(port: number): Promise<{ active: number; bytes: number }> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return {
    active: readSample(text, 'ws_connections_active'),
    bytes: readSample(text, 'process_resident_memory_bytes'),
  };
}
