import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import type { Hub } from './hub.ts';

// Both together fit into the share of the shutdown's deadline that draining has.
const flushMs = 1_000;
const closeMs = 1_000;
const pollMs = 20;

/**
 * Ends every connection: what clients sent is handled, what waits for them is sent, then they are
 * told to come back later (1001). Whoever is late is cut off.
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
