import type { EnvironmentReader } from '@watchkeeper/telemetry';
import { readDatabaseConfiguration } from './database/configuration.ts';
import { readTokenKeys } from './identity/token-keys.ts';

/** Reads `PORT` (3000 unless `port` says otherwise), `BIND_ADDRESS` and `FAULTS_ENABLED`; invalid values stay in the reader. */
export function readServerConfiguration(reader: EnvironmentReader, { port } = { port: 3000 }) {
  return {
    port: reader.integer('PORT', { fallback: port, min: 0, max: 65_535 }),
    bindAddress: reader.text('BIND_ADDRESS', '127.0.0.1'),
    areFaultsEnabled: reader.boolean('FAULTS_ENABLED', false),
  };
}

/**
 * Reads the configuration of a service with a database: the variables of `readServerConfiguration` and
 * `readDatabaseConfiguration`, and `TOKEN_KEYS_FILE`.
 * @throws ConfigurationError when a file of a secret can't be read
 */
export function readServiceConfiguration(
  reader: EnvironmentReader,
  defaults: { poolSize: number },
) {
  return {
    ...readServerConfiguration(reader),
    ...readDatabaseConfiguration(reader, defaults),
    /** The public keys of access tokens. */
    readKeys: readTokenKeys(reader),
  };
}
