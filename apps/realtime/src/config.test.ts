import { afterAll, expect, test } from '@jest/globals';
import { writeTokenKeys } from '@watchkeeper/galley/testing/token-keys';
import { ConfigurationError, createEnvironmentReader } from '@watchkeeper/telemetry';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { readConfiguration } from './config.ts';

const folder = makeTemporaryFolder('config');
const { TOKEN_KEYS_FILE } = writeTokenKeys(folder);

afterAll(removeTemporaryFolders);

function read(environment: Record<string, string>) {
  const reader = createEnvironmentReader({
    DATABASE_URL: 'postgres://galley@postgres/galley',
    TOKEN_KEYS_FILE,
    ...environment,
  });
  const configuration = readConfiguration(reader);
  reader.finish();
  return configuration;
}

test('requires only a database and a secret', () => {
  expect(read({}).settings).toEqual({
    allowedOrigins: ['http://localhost:3000', 'http://127.0.0.1:3000'],
    maxConnections: 10_000,
    maxConnectionsPerUser: 10,
    maxPayloadBytes: 16_384,
    messagesPerSecond: 20,
    outboundQueueLimit: 256,
    heartbeatIntervalMs: 30_000,
    heartbeatTimeoutMs: 60_000,
    stallTimeoutMs: 30_000,
    presenceLeaseMs: 30_000,
    notifyAfterMs: 60_000,
  });
});

test('reads origins as a list', () => {
  const { settings } = read({ WS_ALLOWED_ORIGINS: ' https://Galley.example ,https://b.example,' });
  expect(settings.allowedOrigins).toEqual(['https://galley.example', 'https://b.example']);
});

test.each([
  ['WS_MAX_PAYLOAD_BYTES', '10', 'an integer from 1024 to 1048576, got `10`'],
  ['WS_OUTBOUND_QUEUE_LIMIT', '1', 'an integer from 8 to 100000, got `1`'],
  ['WS_HEARTBEAT_INTERVAL_MS', 'often', 'an integer from 50 to 600000, got `often`'],
  ['DATABASE_URL', 'postgres', 'a URL with scheme and host, got `postgres`'],
])('refuses %s=%s and names it', (name, value, problem) => {
  expect(() => read({ [name]: value })).toThrow(
    new ConfigurationError([`Expected \`${name}\` to be ${problem}.`]),
  );
});
