import type { EncodedMessage, Telemetry } from '@watchkeeper/telemetry';
import { realtimeMetrics } from '../catalogue.ts';
import type { Connection } from './connection.ts';

export type Hub = ReturnType<typeof createHub>;

// A healthy connection takes a message within milliseconds.
const slowAfterMs = 1_000;

/** Creates an empty hub: the connections of this instance, by user, who has one for each device. */
export function createHub(telemetry: Telemetry) {
  const connections = new Set<Connection>();
  const byUser = new Map<string, Set<Connection>>();
  const changeListeners: ((userId: string) => void)[] = [];
  const metrics = telemetry.declareMetrics(realtimeMetrics);
  const online = metrics.gauge('galley_users_online');
  const slow = metrics.gauge('galley_slow_consumers');
  online.collect(() => online.set(byUser.size));
  slow.collect(() => slow.set(countSlow(connections)));

  function notifyChange(userId: string): void {
    for (const listener of changeListeners) listener(userId);
  }

  return {
    get size() {
      return connections.size;
    },
    all: (): Iterable<Connection> => connections,
    users: () => [...byUser.keys()],
    has: (userId: string) => byUser.has(userId),
    countOf: (userId: string) => byUser.get(userId)?.size ?? 0,
    add(connection: Connection): void {
      const { userId } = connection.caller;
      const devices = byUser.get(userId) ?? new Set();
      byUser.set(userId, devices.add(connection));
      connections.add(connection);
      if (devices.size === 1) notifyChange(userId);
    },
    remove(connection: Connection): void {
      const { userId } = connection.caller;
      const devices = byUser.get(userId);
      connections.delete(connection);
      if (!devices?.delete(connection) || devices.size > 0) return;
      byUser.delete(userId);
      notifyChange(userId);
    },
    /** Sends to every device of a user, except one connection. */
    send(userId: string, message: EncodedMessage, except?: Connection): void {
      for (const connection of byUser.get(userId) ?? []) {
        if (connection !== except) connection.send(message);
      }
    },
    /** Calls `listener` with each user whose first connection opens or whose last one closes. */
    onChange: (listener: (userId: string) => void) => void changeListeners.push(listener),
  };
}

function countSlow(connections: Iterable<Connection>): number {
  const before = performance.now() - slowAfterMs;
  let count = 0;
  for (const { outbound } of connections) {
    if ((outbound.oldestAt() ?? before) < before) count += 1;
  }
  return count;
}
