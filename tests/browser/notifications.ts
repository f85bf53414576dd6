// The same for all: an alert that starts at another time is another alert.
const startsAt = minutesAgo(10);
/** The end of an alert that lasts ten minutes. */
export const endsAt = new Date(Date.parse(startsAt) + 10 * 60_000).toISOString();

/** An alert as Alertmanager writes it: firing since ten minutes. */
export function alert(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    status: 'firing',
    labels: { alertname: 'HighErrorRate', severity: 'critical', component: 'http', job: 'api' },
    annotations: {
      summary: 'HTTP error rate is high.',
      description: 'api answers 12% of its requests with 5xx; the limit is 5%.',
      runbook_url: 'http://localhost:8025/runbooks/HighErrorRate',
      dashboard_url: 'http://localhost:3001/d/http',
    },
    startsAt,
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus:9090/graph?g0.expr=up&g0.tab=1',
    fingerprint: '3b15fd163d36582e',
    ...changes,
  };
}

/** A whole notification. */
export function notification(...alerts: unknown[]): Record<string, unknown> {
  return {
    version: '4',
    groupKey: '{}',
    receiver: 'inbox',
    externalURL: 'http://localhost:9093',
    truncatedAlerts: 0,
    alerts,
  };
}

/** A heartbeat of the watchdog. */
export function heartbeat(): Record<string, unknown> {
  const labels = { alertname: 'Watchdog', severity: 'none' };
  return notification(alert({ labels, fingerprint: 'watchdog' }));
}

/** A time in the past, ISO 8601. */
export function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}

/** A text that runs a script if it is not escaped. */
export const hostile = `"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`;
