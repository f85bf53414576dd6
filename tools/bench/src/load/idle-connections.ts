// The memory of idle WebSocket connections: realtime as shipped, and the clients in another process.
import { type ChildProcess, fork } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withTemporaryStack } from '@watchkeeper/drills/systems/temporary-stack';
import { createTokenSigner } from '@watchkeeper/galley';
import { repositoryRoot as root, type Stack } from '@watchkeeper/stack';
import pg from 'pg';
import { readSample } from '../machine/read-sample.ts';

const connections = 5_000;
// More than a heartbeat's interval: every connection has been pinged.
const restMs = 31_000;
const settleMs = 2_000;
const bytesPerMebibyte = 1_048_576;

// Added to realtime: collects garbage at the signal, and again, as the first collection only marks
// some of the pages that the next one frees.
const collectOnSignal =
  'process.on("SIGUSR2", () => { gc(); setTimeout(gc, 500); setTimeout(gc, 1000); })';
const preload = `data:text/javascript,${encodeURIComponent(collectOnSignal)}`;

/**
 * Opens 5,000 connections to a realtime of its own. `rssMiB` is the resident memory of its process
 * with all of them open; for `rssPerConnectionKiB` garbage is collected before and after.
 */
export async function measureIdleConnections() {
  return withTemporaryStack(
    {
      components: ['postgres', 'api', 'realtime'],
      environment: { realtime: { NODE_OPTIONS: `--expose-gc --import ${preload}` } },
    },
    async (stack) => {
      const atRest = await readCollected(stack);
      const clients = await openConnections(stack);
      try {
        await sleep(restMs);
        const loaded = await readMetrics(stack);
        const collected = await readCollected(stack);
        return {
          connections: loaded.active,
          rssMiB: loaded.bytes / bytesPerMebibyte,
          rssPerConnectionKiB: (collected.bytes - atRest.bytes) / loaded.active / 1_024,
        };
      } finally {
        clients.kill();
      }
    },
  );
}

async function readCollected(stack: Stack) {
  stack.signal('realtime', 'SIGUSR2');
  await sleep(settleMs);
  return readMetrics(stack);
}

async function readMetrics(stack: Stack): Promise<{ active: number; bytes: number }> {
  const text = await (await stack.manage('realtime', '/metrics')).text();
  return {
    active: readSample(text, 'ws_connections_active'),
    bytes: readSample(text, 'process_resident_memory_bytes'),
  };
}

async function openConnections(stack: Stack): Promise<ChildProcess> {
  const key = readFileSync(join(stack.folder.secrets, 'token-signing-key'));
  const { sign } = createTokenSigner(createPrivateKey(key));
  const sessions = await addSessions(stack.databaseUrl);
  const tokens = await Promise.all(
    sessions.map((session) => sign({ ...session, deviceId: 'phone', roles: ['customer'] })),
  );
  const child = fork(join(root, 'apps/realtime/src/testing/idle-clients.ts'));
  child.send({ url: `${stack.address('realtime').replace('http', 'ws')}/ws`, tokens });
  const died = once(child, 'exit').then(() => {
    throw new Error('Expected all connections to open, but the clients exited.');
  });
  await Promise.race([once(child, 'message'), died]);
  // They are stopped once everything has been read.
  died.catch(() => {});
  return child;
}

/** Signs a customer in for each connection: realtime refuses tokens of unknown sessions. */
async function addSessions(connectionString: string) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ userId: string; sessionId: string }>(
      `WITH customers AS (
         INSERT INTO accounts.users (phone, password_hash, role)
         SELECT '+1415' || 1000000 + number, 'none', 'customer'
         FROM generate_series(1, $1) AS number RETURNING id
       )
       INSERT INTO accounts.sessions (user_id, device_id, expires_at)
       SELECT id, 'phone', now() + interval '1 day' FROM customers
       RETURNING user_id AS "userId", id AS "sessionId"`,
      [connections],
    );
    return rows;
  } finally {
    await client.end();
  }
}
