import type { AlertEntry } from '../inbox/entry.ts';

/** Severities as colours know them, the worst first. */
export const severityOrder = ['critical', 'warning', 'info', 'other'] as const;

/** The severity of an alert; anything of its own making is `other`. */
export function severityOf({ labels }: Pick<AlertEntry, 'labels'>) {
  return severityOrder.find((known) => known === labels.severity) ?? 'other';
}

/** Sorts the worst to the front; stable, so that what started last stays first among equals. */
export function bySeverity(
  one: Pick<AlertEntry, 'labels'>,
  other: Pick<AlertEntry, 'labels'>,
): number {
  return severityOrder.indexOf(severityOf(one)) - severityOrder.indexOf(severityOf(other));
}
