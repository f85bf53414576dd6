import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import type { Hub } from './hub.ts';

// Both together fit into the draining phase of the shutdown deadline.
const flushMs = 1_000;
const closeMs = 1_000;
const pollMs = 20;

/**
 * Closes every connection: handles received messages, sends queued ones, then closes with 1001 and
 * when to reconnect. Late clients are terminated.
 */
export async function drainConnections(hub: Hub): Promise<void> {
  const connections = [...hub.all()];
  await Promise.race([Promise.all(connections.map(finish)), pause(flushMs)]);
  for (const connection of connections) connection.end('draining');
  const deadline = performance.now() + closeMs;
  while (hub.size > 0 && performance.now() < deadline) await pause(pollMs);
  for (const connection of hub.all()) connection.terminate();
}

async function finish(connection: Connection): Promise<void> {
  await connection.settled();
  await connection.outbound.flushed();
}

const pause = (milliseconds: number) => sleep(milliseconds, undefined, { ref: false });
