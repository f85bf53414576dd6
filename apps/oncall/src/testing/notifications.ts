import { startOfTest } from './test-inbox.ts';

/** An alert as Alertmanager writes it: ten minutes old, firing. */
export function alert(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    status: 'firing',
    labels: { alertname: 'HighErrorRate', severity: 'critical', job: 'api' },
    annotations: { summary: 'HTTP error rate is high.' },
    startsAt: minutesBefore(10),
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1',
    fingerprint: '3b15fd163d36582e',
    ...changes,
  };
}

/** A whole notification as Alertmanager sends it. */
export function notification(...alerts: unknown[]): Record<string, unknown> {
  return {
    version: '4',
    groupKey: '{}:{alertname="HighErrorRate"}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'inbox',
    groupLabels: { alertname: 'HighErrorRate' },
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager:9093',
    alerts,
  };
}

/** A heartbeat of the watchdog. */
export function heartbeat(status = 'firing'): Record<string, unknown> {
  const labels = { alertname: 'Watchdog', severity: 'none' };
  return alert({ status, labels, annotations: {}, fingerprint: 'watchdog' });
}

/** A time relative to the start of a test. */
export function minutesBefore(minutes: number): string {
  return new Date(startOfTest - minutes * 60_000).toISOString();
}
