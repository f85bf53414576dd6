import { z } from 'zod';
import type { NotifiedAlert, WebhookNotification } from './notification.ts';

/** What an alert can be. */
export const alertStatuses = ['firing', 'resolved'] as const;

/** One of the two. */
export type AlertStatus = (typeof alertStatuses)[number];

/** The alert that always fires: a heartbeat of the whole path, no news of a fault. */
export const watchdogName = 'Watchdog';

/** One alert as the inbox keeps, stores and answers it; all times are ISO 8601 in UTC. */
export const alertEntry = z.object({
  fingerprint: z.string(),
  status: z.enum(alertStatuses),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime().nullable(),
  /** When the inbox was told: the first time of each status, and the last time of all. */
  receivedAt: z.object({
    firing: z.iso.datetime().nullable(),
    resolved: z.iso.datetime().nullable(),
    last: z.iso.datetime(),
  }),
  notifications: z.number().int().min(1),
  receiver: z.string(),
  groupKey: z.string(),
  generatorURL: z.string(),
  externalURL: z.string(),
});

/** One alert, from its start to its end; the next time it fires is another one. */
export type AlertEntry = z.output<typeof alertEntry>;

/** What tells alerts apart: the labels' fingerprint and the start. */
export function keyOf({ fingerprint, startsAt }: { fingerprint: string; startsAt: string }) {
  return `${fingerprint} ${startsAt}`;
}

/** The same as it stands in addresses of pages. */
export function idOf({ fingerprint, startsAt }: { fingerprint: string; startsAt: string }) {
  return `${fingerprint}-${Date.parse(startsAt)}`;
}

/** Whether this is the heartbeat. */
export function isHeartbeat({ labels }: { labels: Readonly<Record<string, string>> }): boolean {
  return labels.alertname === watchdogName;
}

/** The entry after one more notification; the last notification decides the status. */
export function applyNotification(
  previous: AlertEntry | undefined,
  alert: NotifiedAlert,
  { receiver, groupKey, externalURL }: WebhookNotification,
  receivedAt: string,
): AlertEntry {
  const { fingerprint, status, labels, annotations, startsAt, endsAt, generatorURL } = alert;
  const isResolved = status === 'resolved';
  const earlier = previous?.receivedAt;
  return {
    fingerprint,
    status,
    labels,
    annotations,
    startsAt,
    // A firing alert carries the time at which it would expire, which nobody should read as its end.
    endsAt: isResolved ? (endsAt ?? receivedAt) : null,
    receivedAt: {
      firing: earlier?.firing ?? (isResolved ? null : receivedAt),
      // An alert whose source was silent for a while resolves and fires again with the same start.
      resolved: isResolved ? (earlier?.resolved ?? receivedAt) : null,
      last: receivedAt,
    },
    notifications: (previous?.notifications ?? 0) + 1,
    receiver,
    groupKey,
    generatorURL,
    externalURL,
  };
}
