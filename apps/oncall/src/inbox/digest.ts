import { type AlertEntry, applyNotification, isHeartbeat, keyOf } from './entry.ts';
import type { WebhookNotification } from './notification.ts';

/** What one notification brought. */
export interface Receipt {
  readonly firing: number;
  readonly resolved: number;
  readonly heartbeats: number;
  /** What had to leave to make room. */
  readonly dropped: readonly AlertEntry[];
}

/** What a notification changes in what the inbox holds, and what it was, counted. */
export function digest(
  notification: WebhookNotification,
  entries: ReadonlyMap<string, AlertEntry>,
  receivedAt: string,
) {
  const changed = new Map<string, AlertEntry>();
  const receipt = { firing: 0, resolved: 0, heartbeats: 0 };
  for (const alert of notification.alerts) {
    if (isHeartbeat(alert)) {
      // A watchdog that resolved is no beat: it says that Prometheus' end of the path went silent.
      if (alert.status === 'firing') receipt.heartbeats += 1;
      continue;
    }
    const key = keyOf(alert);
    const previous = changed.get(key) ?? entries.get(key);
    changed.set(key, applyNotification(previous, alert, notification, receivedAt));
    receipt[alert.status] += 1;
  }
  return { changed, receipt };
}

/** Takes out what exceeds the capacity: resolved before firing, then who was heard longest ago. */
export function dropExcess(entries: Map<string, AlertEntry>, capacity: number): AlertEntry[] {
  const excess = entries.size - capacity;
  if (excess <= 0) return [];
  const rank = ({ status, receivedAt }: AlertEntry) =>
    `${status === 'resolved' ? 0 : 1} ${receivedAt.last}`;
  const leaving = [...entries.values()]
    .sort((one, other) => rank(one).localeCompare(rank(other)))
    .slice(0, excess);
  for (const entry of leaving) entries.delete(keyOf(entry));
  return leaving;
}

/** The newest of a list that begins with them. */
export function dropOldest<T>(newestFirst: readonly T[], capacity: number): T[] {
  return newestFirst.slice(0, capacity);
}
