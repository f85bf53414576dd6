import { readServiceConfiguration } from '@watchkeeper/galley';
import type { EnvironmentReader } from '@watchkeeper/telemetry';

export type Settings = Readonly<ReturnType<typeof readSettings>>;

/** Reads realtime's variables; the reader keeps invalid values. */
export function readConfiguration(reader: EnvironmentReader) {
  return { ...readServiceConfiguration(reader, { poolSize: 10 }), settings: readSettings(reader) };
}

export function readSettings(reader: EnvironmentReader) {
  const integer = (name: string, fallback: number, min: number, max: number) =>
    reader.integer(name, { fallback, min, max });
  return {
    /** Origins of pages that may connect; `*` allows all. */
    allowedOrigins: readOrigins(reader),
    maxConnections: integer('WS_MAX_CONNECTIONS', 10_000, 1, 1_000_000),
    maxConnectionsPerUser: integer('WS_MAX_CONNECTIONS_PER_USER', 10, 1, 10_000),
    // The longest chat message, 2,000 characters of four bytes, fits twice.
    maxPayloadBytes: integer('WS_MAX_PAYLOAD_BYTES', 16_384, 1_024, 1_048_576),
    /** Sustained rate of messages from a client; the burst is twice as many. */
    messagesPerSecond: integer('WS_MESSAGES_PER_SECOND', 20, 1, 10_000),
    outboundQueueLimit: integer('WS_OUTBOUND_QUEUE_LIMIT', 256, 8, 100_000),
    // Both from the seed: every 30 s, removed after 60 s.
    heartbeatIntervalMs: integer('WS_HEARTBEAT_INTERVAL_MS', 30_000, 50, 600_000),
    /** A connection without a frame for this long is terminated. */
    heartbeatTimeoutMs: integer('WS_HEARTBEAT_TIMEOUT_MS', 60_000, 100, 1_200_000),
    /** A connection that takes no byte for this long is closed. */
    stallTimeoutMs: integer('WS_STALL_TIMEOUT_MS', 30_000, 100, 600_000),
    /** How long the users of a crashed instance stay online. */
    presenceLeaseMs: integer('PRESENCE_LEASE_MS', 30_000, 300, 600_000),
    /** After this long the worker notifies the recipient of an undelivered message. */
    notifyAfterMs: integer('CHAT_NOTIFY_AFTER_MS', 60_000, 100, 3_600_000),
  };
}

// The gateway's address on a developer's machine.
const defaultOrigins = 'http://localhost:3000,http://127.0.0.1:3000';

function readOrigins(reader: EnvironmentReader): readonly string[] {
  const text = reader.text('WS_ALLOWED_ORIGINS', defaultOrigins);
  return text
    .split(',')
    .map((origin) => origin.trim().toLowerCase())
    .filter((origin) => origin !== '');
}
