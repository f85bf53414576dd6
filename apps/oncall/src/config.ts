import { ConfigurationError, type EnvironmentReader, readSecretFile } from '@watchkeeper/telemetry';

export type Configuration = ReturnType<typeof readConfiguration>;

/**
 * Reads the on-call page's own variables; invalid values stay in the reader.
 * @throws ConfigurationError when the file of the token can't be read or is empty
 */
export function readConfiguration(reader: EnvironmentReader) {
  return {
    port: reader.integer('PORT', { fallback: 8025, min: 0, max: 65_535 }),
    bindAddress: reader.text('BIND_ADDRESS', '127.0.0.1'),
    smtpPort: reader.integer('SMTP_PORT', { fallback: 1025, min: 0, max: 65_535 }),
    /** What senders of notifications must know; undefined if anybody may send them. */
    receiverToken: readReceiverToken(reader),
    /** JSON lines. */
    inboxFile: reader.text('INBOX_FILE'),
    inboxCapacity: reader.integer('INBOX_CAPACITY', { fallback: 1_000, min: 1, max: 100_000 }),
    // The watchdog repeats every minute and a group waits half of one: two heartbeats are missed.
    heartbeatTimeoutSeconds: reader.integer('HEARTBEAT_TIMEOUT_SECONDS', {
      fallback: 180,
      min: 1,
      max: 86_400,
    }),
    /** Addresses for browsers; undefined for those that the alerts bring. */
    prometheusUrl: optionalUrl(reader, 'PROMETHEUS_URL'),
    alertmanagerUrl: optionalUrl(reader, 'ALERTMANAGER_URL'),
    jaegerUrl: optionalUrl(reader, 'JAEGER_URL'),
    /** Addresses for this process; undefined if queries and silences are not possible. */
    prometheusQueryUrl: optionalUrl(reader, 'PROMETHEUS_QUERY_URL'),
    lokiQueryUrl: optionalUrl(reader, 'LOKI_QUERY_URL'),
    alertmanagerQueryUrl: optionalUrl(reader, 'ALERTMANAGER_QUERY_URL'),
    /** `<AlertName>.md`. */
    runbooksFolder: reader.optionalText('RUNBOOKS_FOLDER'),
    /** `<uid>.json`. */
    dashboardsFolder: reader.optionalText('DASHBOARDS_FOLDER'),
  };
}

function readReceiverToken(reader: EnvironmentReader): string | undefined {
  const variable = 'RECEIVER_TOKEN_FILE';
  const file = reader.optionalText(variable);
  if (file === undefined) return undefined;
  const token = readSecretFile(variable, file);
  if (token !== '') return token;
  throw new ConfigurationError([
    `Expected \`${variable}\` to hold a token, got an empty file \`${file}\`.`,
  ]);
}

function optionalUrl(reader: EnvironmentReader, name: string): string | undefined {
  return reader.optionalText(name) === undefined ? undefined : reader.url(name);
}
