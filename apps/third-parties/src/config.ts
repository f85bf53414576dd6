import { readServerConfiguration, type ServerConfiguration } from '@watchkeeper/galley';
import type { EnvironmentReader } from '@watchkeeper/telemetry';

/** Reads `PORT` (3000), `BIND_ADDRESS` and `FAULTS_ENABLED`; invalid values stay in the reader. */
export function readConfiguration(reader: EnvironmentReader): ServerConfiguration {
  return readServerConfiguration(reader, { port: 3000 });
}
