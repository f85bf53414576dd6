import { describeAlert } from '../observation/health.ts';
import type { InboxAlert } from '../observation/monitoring-clients.ts';
import type { DrillPage } from '../runbooks/drill-page.ts';

/** The alerts that drills running together allow each other. */
export function allowedAlertNames(pages: readonly Pick<DrillPage, 'name' | 'drill'>[]) {
  return new Set(
    pages.flatMap(({ name, drill }) => [name, ...('exempt' in drill ? [] : (drill.also ?? []))]),
  );
}

/**
 * Critical alerts that the inbox received after `sinceMs` and whose names are not allowed. Services
 * that the runbooks' own steps restarted are down for a moment.
 */
export function findUnexpectedPages(
  alerts: readonly InboxAlert[],
  sinceMs: number,
  { names, restarted }: Readonly<Record<'names' | 'restarted', ReadonlySet<string>>>,
): string[] {
  const unexpected = alerts.filter(({ labels, receivedAt }) => {
    const at = receivedAt.firing === null ? Number.NaN : Date.parse(receivedAt.firing);
    if (labels.severity !== 'critical' || !(at >= sinceMs)) return false;
    const isOfRestart = labels.alertname === 'ServiceDown' && restarted.has(labels.job ?? '');
    return !names.has(labels.alertname ?? '') && !isOfRestart;
  });
  return [...new Set(unexpected.map(({ labels }) => describeAlert(labels)))];
}
