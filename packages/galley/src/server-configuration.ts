import type { EnvironmentReader } from '@watchkeeper/telemetry';

/** Where a service listens, and whether it may be broken on purpose. */
export interface ServerConfiguration {
  readonly port: number;
  readonly bindAddress: string;
  readonly areFaultsEnabled: boolean;
}

/** Reads `PORT`, `BIND_ADDRESS` and `FAULTS_ENABLED`; faulty values stay in the reader. */
export function readServerConfiguration(
  reader: EnvironmentReader,
  { port }: { port: number },
): ServerConfiguration {
  return {
    port: reader.integer('PORT', { fallback: port, min: 0, max: 65_535 }),
    bindAddress: reader.text('BIND_ADDRESS', '127.0.0.1'),
    areFaultsEnabled: reader.boolean('FAULTS_ENABLED', false),
  };
}
