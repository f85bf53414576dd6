import type { EnvironmentReader } from '@watchkeeper/telemetry';

export interface Configuration {
  readonly port: number;
  readonly bindAddress: string;
  readonly smtpPort: number;
  /** JSON lines. */
  readonly inboxFile: string;
  readonly inboxCapacity: number;
  readonly heartbeatTimeoutSeconds: number;
  /** Addresses for browsers; undefined for those that the alerts bring. */
  readonly prometheusUrl: string | undefined;
  readonly alertmanagerUrl: string | undefined;
  readonly jaegerUrl: string | undefined;
  /** Addresses for this process; undefined if queries cannot run. */
  readonly prometheusQueryUrl: string | undefined;
  readonly lokiQueryUrl: string | undefined;
  /** Alertmanager's API for silences; undefined if only its own page can create them. */
  readonly alertmanagerQueryUrl: string | undefined;
  /** Contains `<AlertName>.md`; undefined for no runbooks. */
  readonly runbooksFolder: string | undefined;
  /** Contains `<uid>.json`; undefined for no dashboards. */
  readonly dashboardsFolder: string | undefined;
}

/** Reads the on-call page's own variables; invalid values stay in the reader. */
export function readConfiguration(reader: EnvironmentReader): Configuration {
  return {
    port: reader.integer('PORT', { fallback: 8025, min: 0, max: 65_535 }),
    bindAddress: reader.text('BIND_ADDRESS', '127.0.0.1'),
    smtpPort: reader.integer('SMTP_PORT', { fallback: 1025, min: 0, max: 65_535 }),
    inboxFile: reader.text('INBOX_FILE'),
    inboxCapacity: reader.integer('INBOX_CAPACITY', { fallback: 1_000, min: 1, max: 100_000 }),
    // The watchdog repeats every minute and a group waits half of one: two heartbeats are missed.
    heartbeatTimeoutSeconds: reader.integer('HEARTBEAT_TIMEOUT_SECONDS', {
      fallback: 180,
      min: 1,
      max: 86_400,
    }),
    prometheusUrl: optionalUrl(reader, 'PROMETHEUS_URL'),
    alertmanagerUrl: optionalUrl(reader, 'ALERTMANAGER_URL'),
    jaegerUrl: optionalUrl(reader, 'JAEGER_URL'),
    prometheusQueryUrl: optionalUrl(reader, 'PROMETHEUS_QUERY_URL'),
    lokiQueryUrl: optionalUrl(reader, 'LOKI_QUERY_URL'),
    alertmanagerQueryUrl: optionalUrl(reader, 'ALERTMANAGER_QUERY_URL'),
    runbooksFolder: reader.optionalText('RUNBOOKS_FOLDER'),
    dashboardsFolder: reader.optionalText('DASHBOARDS_FOLDER'),
  };
}

function optionalUrl(reader: EnvironmentReader, name: string): string | undefined {
  return reader.optionalText(name) === undefined ? undefined : reader.url(name);
}
