import type { Inbox } from './store.ts';

/** How the path from rule to inbox is: it beats, it beat once, or it never did. */
export interface Heartbeat {
  readonly status: 'alive' | 'late' | 'absent';
  readonly lastReceivedAt: string | null;
  readonly ageSeconds: number | null;
}

/** The heartbeat as of `now` (milliseconds since 1970); `late` after `timeoutSeconds` of silence. */
export function readHeartbeat(inbox: Inbox, timeoutSeconds: number, now: number): Heartbeat {
  const lastReceivedAt = inbox.lastHeartbeatAt();
  if (lastReceivedAt === undefined) {
    return { status: 'absent', lastReceivedAt: null, ageSeconds: null };
  }
  const ageSeconds = Math.max(0, (now - Date.parse(lastReceivedAt)) / 1_000);
  const status = ageSeconds > timeoutSeconds ? 'late' : 'alive';
  return { status, lastReceivedAt, ageSeconds: Math.round(ageSeconds * 10) / 10 };
}
