import type { Logger } from '@watchkeeper/telemetry';
import { readHeartbeat } from './heartbeat.ts';
import type { Inbox } from './store.ts';

/** What the watch needs. */
export interface HeartbeatWatchOptions {
  readonly inbox: Inbox;
  readonly timeoutSeconds: number;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called when the heartbeat stopped or came back. */
  readonly onTurn: () => void;
}

/** Notices that nothing happens, which nothing else would; ask it often. */
export function createHeartbeatWatch(options: HeartbeatWatchOptions): () => void {
  const { inbox, timeoutSeconds, logger, now, onTurn } = options;
  let wasLate = false;
  return () => {
    const { status, lastReceivedAt, lateSince } = readHeartbeat(inbox, timeoutSeconds, now());
    const isLate = status === 'late';
    if (isLate === wasLate) return;
    wasLate = isLate;
    const fields = { last_received_at: lastReceivedAt, timeout_seconds: timeoutSeconds };
    if (isLate) {
      const late = { event: 'inbox_heartbeat_late', ...fields, late_since: lateSince };
      logger.error(late, 'heartbeat late');
    } else {
      logger.info({ event: 'inbox_heartbeat_recovered', ...fields }, 'heartbeat recovered');
    }
    onTurn();
  };
}

// Often enough for a page that counts seconds; one comparison each.
const watchIntervalMs = 1_000;

/** Asks the watch each second; returns what ends that. */
export function startHeartbeatWatch(options: HeartbeatWatchOptions): () => void {
  const watch = createHeartbeatWatch(options);
  const timer = setInterval(watch, watchIntervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
