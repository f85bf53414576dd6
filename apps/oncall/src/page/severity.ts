import type { AlertEntry } from '../inbox/entry.ts';

/** The worst first. */
export const severityOrder = ['critical', 'warning', 'info', 'other'] as const;

/** Any severity that is not ours is `other`. */
export function severityOf({ labels }: Pick<AlertEntry, 'labels'>) {
  return severityOrder.find((known) => known === labels.severity) ?? 'other';
}

/** Compares by severity, the worst first. */
export function bySeverity(one: AlertEntry, other: AlertEntry): number {
  return severityOrder.indexOf(severityOf(one)) - severityOrder.indexOf(severityOf(other));
}
