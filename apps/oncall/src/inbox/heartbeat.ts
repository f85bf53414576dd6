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
