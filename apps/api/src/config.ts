import type { EnvironmentReader } from '@watchkeeper/telemetry';

/** What the api needs to know beside the shared telemetry configuration. */
export interface Configuration {
  readonly port: number;
  readonly bindAddress: string;
  readonly databaseUrl: string;
  readonly poolSize: number;
  readonly areFaultsEnabled: boolean;
}

/** Reads the api's own variables; faults stay in the reader. */
export function readConfiguration(reader: EnvironmentReader): Configuration {
  return {
    port: reader.integer('PORT', { fallback: 3000, min: 0, max: 65_535 }),
    bindAddress: reader.text('BIND_ADDRESS', '127.0.0.1'),
    databaseUrl: reader.url('DATABASE_URL'),
    // Ten to twenty connections carry the load the seeds assume; the alerts speak of twenty.
    poolSize: reader.integer('DATABASE_POOL_SIZE', { fallback: 20, min: 1, max: 500 }),
    areFaultsEnabled: reader.boolean('FAULTS_ENABLED', false),
  };
}
