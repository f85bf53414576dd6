import { type AlertEntry, applyNotification, isHeartbeat, keyOf } from './entry.ts';
import type { WebhookNotification } from './notification.ts';

export interface Receipt {
  readonly firing: number;
  readonly resolved: number;
  readonly heartbeats: number;
  /** Removed because the inbox was full. */
  readonly dropped: readonly AlertEntry[];
}

/** The entries that a notification changes, and the counts of its alerts. */
export function digest(
  notification: WebhookNotification,
  entries: ReadonlyMap<string, AlertEntry>,
  receivedAt: string,
) {
  const changed = new Map<string, AlertEntry>();
  const receipt = { firing: 0, resolved: 0, heartbeats: 0 };
  for (const alert of notification.alerts) {
    if (isHeartbeat(alert)) {
      // A resolved watchdog is no heartbeat: Prometheus stopped sending it.
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

/** Removes entries above the capacity: resolved before firing, then the oldest. */
export function dropExcess(entries: Map<string, AlertEntry>, capacity: number): AlertEntry[] {
  const excess = entries.size - capacity;
  if (excess <= 0) return [];
  const rank = ({ status, receivedAt }: AlertEntry) =>
    `${status === 'resolved' ? 0 : 1} ${receivedAt.last}`;
  const dropped = [...entries.values()]
    .sort((one, other) => rank(one).localeCompare(rank(other)))
    .slice(0, excess);
  for (const entry of dropped) entries.delete(keyOf(entry));
  return dropped;
}
