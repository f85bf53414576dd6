import { z } from 'zod';
import type { NotifiedAlert, WebhookNotification } from './notification.ts';

export const alertStatuses = ['firing', 'resolved'] as const;

export type AlertStatus = (typeof alertStatuses)[number];

/** The alert that always fires: the heartbeat of the whole path. */
const watchdogName = 'Watchdog';

/** One alert as the inbox stores it and its API shows it; times are ISO 8601 in UTC. */
export const alertEntry = z.object({
  fingerprint: z.string(),
  status: z.enum(alertStatuses),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime().nullable(),
  /** When the inbox was notified: first of each status, and last. */
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

/** One alert, from its start to its end; when it fires again it is another one. */
export type AlertEntry = z.output<typeof alertEntry>;

/** Identifies an alert: the labels' fingerprint and the start. */
export function keyOf({ fingerprint, startsAt }: { fingerprint: string; startsAt: string }) {
  return `${fingerprint} ${startsAt}`;
}

/** The same for addresses of pages. */
export function idOf({ fingerprint, startsAt }: { fingerprint: string; startsAt: string }) {
  return `${fingerprint}-${Date.parse(startsAt)}`;
}

export function isHeartbeat({ labels }: { labels: Readonly<Record<string, string>> }): boolean {
  return labels.alertname === watchdogName;
}

/** The entry after one more notification, which decides the status. */
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
    // A firing alert has the time at which it would expire, which is not its end.
    endsAt: isResolved ? (endsAt ?? receivedAt) : null,
    receivedAt: {
      firing: earlier?.firing ?? (isResolved ? null : receivedAt),
      // An alert can resolve and fire again with the same start.
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
