import type { Settings } from '../config.ts';
import type { Connection } from './connection.ts';
import type { EndReason } from './endings.ts';
import type { Hub } from './hub.ts';

/**
 * Pings each connection at its interval, and closes silent, stalled and expired ones. One timer for
 * all: five thousand timers would cost more than iterating over five thousand connections.
 * @returns a function that stops it
 */
export function startHeartbeat(hub: Hub, limits: Settings): () => void {
  const pingedAt = new WeakMap<Connection, number>();
  const sweepMs = Math.min(1_000, limits.heartbeatIntervalMs / 4);

  function reasonToEnd(connection: Connection, now: number): EndReason | undefined {
    const stalledSince = connection.outbound.stalledSince();
    if (now - connection.lastFrameAt > limits.heartbeatTimeoutMs) return 'silent';
    if (Date.now() >= connection.closesAtMs) return 'token_over';
    const isStalled = stalledSince !== undefined && now - stalledSince > limits.stallTimeoutMs;
    return isStalled ? 'stalled' : undefined;
  }

  function check(connection: Connection, now: number): void {
    const reason = reasonToEnd(connection, now);
    if (reason !== undefined) connection.end(reason);
    const last = pingedAt.get(connection) ?? connection.lastFrameAt;
    if (reason !== undefined || now - last < limits.heartbeatIntervalMs) return;
    pingedAt.set(connection, now);
    connection.ping();
  }

  const timer = setInterval(() => {
    const now = performance.now();
    for (const connection of hub.all()) {
      if (connection.isOpen) check(connection, now);
    }
  }, sweepMs).unref();
  return () => clearInterval(timer);
}
