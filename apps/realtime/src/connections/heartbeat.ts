import type { Settings } from '../config.ts';
import type { Connection } from './connection.ts';
import type { EndReason } from './endings.ts';
import type { Hub } from './hub.ts';

type Bounds = Pick<Settings, 'heartbeatIntervalMs' | 'heartbeatTimeoutMs' | 'stallTimeoutMs'>;

/**
 * Pings each connection at its interval, and ends those that are silent, stalled or out of time.
 * One timer for all: five thousand timers would cost more than walking through five thousand.
 * @returns what stops it
 */
export function startHeartbeat(hub: Hub, settings: Bounds): () => void {
  const pingedAt = new WeakMap<Connection, number>();
  const sweepMs = Math.min(1_000, settings.heartbeatIntervalMs / 4);

  function reasonToEnd(connection: Connection, now: number): EndReason | undefined {
    const { stalledSince } = connection.outbound;
    if (now - connection.heardAt > settings.heartbeatTimeoutMs) return 'silent';
    if (Date.now() >= connection.closesAtMs) return 'token_over';
    const isStalled = stalledSince !== undefined && now - stalledSince > settings.stallTimeoutMs;
    return isStalled ? 'stalled' : undefined;
  }

  function check(connection: Connection, now: number): void {
    const reason = reasonToEnd(connection, now);
    if (reason !== undefined) connection.end(reason);
    const last = pingedAt.get(connection) ?? connection.heardAt;
    if (reason !== undefined || now - last < settings.heartbeatIntervalMs) return;
    pingedAt.set(connection, now);
    connection.ping();
  }

  const timer = setInterval(() => {
    const now = performance.now();
    for (const connection of hub.all()) {
      if (connection.isOpen) check(connection, now);
    }
  }, sweepMs);
  timer.unref();
  return () => clearInterval(timer);
}
