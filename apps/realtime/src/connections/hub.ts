import type { EncodedMessage, Telemetry } from '@watchkeeper/telemetry';
import { realtimeMetrics } from '../catalogue.ts';
import type { Connection } from './connection.ts';

/** The connections of this instance, by user; a user has one for each device, or more. */
export interface Hub {
  readonly size: number;
  all(): Iterable<Connection>;
  users(): readonly string[];
  has(userId: string): boolean;
  /** How many connections a user has here. */
  countOf(userId: string): number;
  add(connection: Connection): void;
  remove(connection: Connection): void;
  /** Sends to every device of a user, but for one connection where that is given. */
  send(userId: string, message: EncodedMessage, except?: Connection): void;
  /** Calls `listener` with each user whose first connection came, or whose last one went. */
  onChange(listener: (userId: string) => void): void;
}

// A healthy connection takes a message within milliseconds.
const slowAfterMs = 1_000;

/** Makes an empty hub. */
export function createHub(telemetry: Telemetry): Hub {
  const connections = new Set<Connection>();
  const byUser = new Map<string, Set<Connection>>();
  const changeListeners: ((userId: string) => void)[] = [];
  const metrics = telemetry.declareMetrics(realtimeMetrics);
  const online = metrics.gauge('galley_users_online');
  const slow = metrics.gauge('galley_slow_consumers');
  online.collect(() => online.set(byUser.size));
  slow.collect(() => slow.set(countSlow(connections)));

  function tellChange(userId: string): void {
    for (const listener of changeListeners) listener(userId);
  }

  return {
    get size() {
      return connections.size;
    },
    all: () => connections,
    users: () => [...byUser.keys()],
    has: (userId) => byUser.has(userId),
    countOf: (userId) => byUser.get(userId)?.size ?? 0,
    add(connection) {
      const { userId } = connection.caller;
      const devices = byUser.get(userId) ?? new Set();
      byUser.set(userId, devices.add(connection));
      connections.add(connection);
      if (devices.size === 1) tellChange(userId);
    },
    remove(connection) {
      const { userId } = connection.caller;
      const devices = byUser.get(userId);
      connections.delete(connection);
      if (!devices?.delete(connection) || devices.size > 0) return;
      byUser.delete(userId);
      tellChange(userId);
    },
    send(userId, message, except) {
      for (const connection of byUser.get(userId) ?? []) {
        if (connection !== except) connection.send(message);
      }
    },
    onChange: (listener) => void changeListeners.push(listener),
  };
}

function countSlow(connections: Iterable<Connection>): number {
  const before = performance.now() - slowAfterMs;
  let count = 0;
  for (const { outbound } of connections) {
    if (outbound.oldestAt !== undefined && outbound.oldestAt < before) count += 1;
  }
  return count;
}
