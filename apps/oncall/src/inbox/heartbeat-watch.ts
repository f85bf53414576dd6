import type { Logger } from '@watchkeeper/telemetry';
import { readHeartbeat } from './heartbeat.ts';
import type { Inbox } from './store.ts';

interface HeartbeatWatchOptions {
  readonly inbox: Inbox;
  readonly timeoutSeconds: number;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called when the heartbeat becomes late or recovers. */
  readonly onStatusChange: () => void;
}

/** Reports a change of the heartbeat's status each time it is called. */
export function createHeartbeatWatch(options: HeartbeatWatchOptions): () => void {
  const { inbox, timeoutSeconds, logger, now, onStatusChange } = options;
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
    onStatusChange();
  };
}

// One comparison; the page shows seconds.
const watchIntervalMs = 1_000;

/** Checks every second; returns the function that stops it. */
export function startHeartbeatWatch(options: HeartbeatWatchOptions): () => void {
  const watch = createHeartbeatWatch(options);
  const timer = setInterval(watch, watchIntervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
