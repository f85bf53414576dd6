import { readServiceConfiguration, type ServiceConfiguration } from '@watchkeeper/galley';
import type { EnvironmentReader } from '@watchkeeper/telemetry';

/** What bounds a connection, and how long things may take. */
export interface Settings {
  /** Origins of the pages that may connect; `*` means every one. */
  readonly allowedOrigins: readonly string[];
  readonly maxConnections: number;
  readonly maxConnectionsPerUser: number;
  readonly maxPayloadBytes: number;
  /** Messages a client may send in the long run; for a moment it may send twice as many. */
  readonly messagesPerSecond: number;
  /** Messages that may wait for one client. */
  readonly outboundQueueLimit: number;
  readonly heartbeatIntervalMs: number;
  /** After this long without a sign of life a connection is removed. */
  readonly heartbeatTimeoutMs: number;
  /** After this long without a byte taken a connection is cut off. */
  readonly stallTimeoutMs: number;
  /** How long the users of an instance that died stay online. */
  readonly presenceLeaseMs: number;
  /** After this long an undelivered message is handed to the worker, which notifies. */
  readonly notifyAfterMs: number;
}

/** What realtime needs to know beside the shared telemetry configuration. */
export interface Configuration extends ServiceConfiguration {
  readonly settings: Settings;
}

/** Reads realtime's own variables; faults stay in the reader. */
export function readConfiguration(reader: EnvironmentReader): Configuration {
  return {
    ...readServiceConfiguration(reader, { poolSize: 10 }),
    settings: readSettings(reader),
  };
}

/** Reads what bounds connections. */
export function readSettings(reader: EnvironmentReader): Settings {
  const integer = (name: string, fallback: number, min: number, max: number) =>
    reader.integer(name, { fallback, min, max });
  return {
    allowedOrigins: readOrigins(reader),
    maxConnections: integer('WS_MAX_CONNECTIONS', 10_000, 1, 1_000_000),
    maxConnectionsPerUser: integer('WS_MAX_CONNECTIONS_PER_USER', 10, 1, 10_000),
    // The longest chat message, 2,000 characters of four bytes, fits twice.
    maxPayloadBytes: integer('WS_MAX_PAYLOAD_BYTES', 16_384, 1_024, 1_048_576),
    messagesPerSecond: integer('WS_MESSAGES_PER_SECOND', 20, 1, 10_000),
    outboundQueueLimit: integer('WS_OUTBOUND_QUEUE_LIMIT', 256, 8, 100_000),
    // Both from the seed: every 30 s, removed after 60 s.
    heartbeatIntervalMs: integer('WS_HEARTBEAT_INTERVAL_MS', 30_000, 50, 600_000),
    heartbeatTimeoutMs: integer('WS_HEARTBEAT_TIMEOUT_MS', 60_000, 100, 1_200_000),
    stallTimeoutMs: integer('WS_STALL_TIMEOUT_MS', 30_000, 100, 600_000),
    presenceLeaseMs: integer('PRESENCE_LEASE_MS', 30_000, 300, 600_000),
    notifyAfterMs: integer('CHAT_NOTIFY_AFTER_MS', 60_000, 100, 3_600_000),
  };
}

// Where the gateway answers on a developer's machine.
const defaultOrigins = 'http://localhost:3000,http://127.0.0.1:3000';

function readOrigins(reader: EnvironmentReader): readonly string[] {
  const text = reader.text('WS_ALLOWED_ORIGINS', defaultOrigins);
  return text
    .split(',')
    .map((origin) => origin.trim().toLowerCase())
    .filter((origin) => origin !== '');
}
