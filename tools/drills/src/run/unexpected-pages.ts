import { describeAlert } from '../observation/health.ts';
import type { InboxAlert } from '../observation/monitoring-clients.ts';
import type { DrillPage } from '../runbooks/drill-page.ts';

/** What may fire beside the drilled alerts. */
export interface Allowed {
  readonly names: ReadonlySet<string>;
  /** Services that the pages' own steps have restarted: for that moment they are down. */
  readonly restarted: ReadonlySet<string>;
}

/** The names that drills running together allow each other. */
export function allowedAlertNames(
  pages: readonly Pick<DrillPage, 'name' | 'drill'>[],
): Set<string> {
  return new Set(
    pages.flatMap(({ name, drill }) => [name, ...('exempt' in drill ? [] : (drill.also ?? []))]),
  );
}

/**
 * The pages that somebody got during a drill and should not have: critical alerts in the inbox,
 * first received after `sinceMs`, that nothing allows.
 */
export function findUnexpectedPages(
  alerts: readonly InboxAlert[],
  sinceMs: number,
  { names, restarted }: Allowed,
): string[] {
  const unexpectedPages = alerts.filter(({ labels, receivedAt }) => {
    const at = receivedAt.firing === null ? Number.NaN : Date.parse(receivedAt.firing);
    if (labels.severity !== 'critical' || !(at >= sinceMs)) return false;
    const isOfRestart = labels.alertname === 'ServiceDown' && restarted.has(labels.job ?? '');
    return !names.has(labels.alertname ?? '') && !isOfRestart;
  });
  return [...new Set(unexpectedPages.map(({ labels }) => describeAlert(labels)))];
}
