import type { Logger } from '@watchkeeper/telemetry';
import type { Inbox } from './store.ts';

/**
 * The state of the path from rule to inbox. `absent`: none arrived, but the inbox has not listened
 * for long enough to call it late.
 */
export interface Heartbeat {
  readonly status: 'alive' | 'late' | 'absent';
  readonly lastReceivedAt: string | null;
  readonly ageSeconds: number | null;
  /** When it became late, ISO 8601. */
  readonly lateSince: string | null;
}

/** The heartbeat as of `now` (milliseconds since 1970); `late` after `timeoutSeconds` of silence. */
export function readHeartbeat(inbox: Inbox, timeoutSeconds: number, now: number): Heartbeat {
  const lastReceivedAt = inbox.lastHeartbeatAt() ?? null;
  const silentSince = Date.parse(lastReceivedAt ?? inbox.listeningSince);
  const silentSeconds = Math.max(0, (now - silentSince) / 1_000);
  const isLate = silentSeconds > timeoutSeconds;
  const notLate = lastReceivedAt === null ? 'absent' : 'alive';
  return {
    status: isLate ? 'late' : notLate,
    lastReceivedAt,
    ageSeconds: lastReceivedAt === null ? null : Math.round(silentSeconds * 10) / 10,
    lateSince: isLate ? new Date(silentSince + timeoutSeconds * 1_000).toISOString() : null,
  };
}

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
