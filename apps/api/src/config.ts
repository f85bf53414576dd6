import { readFileSync } from 'node:fs';
import { ConfigurationError, type EnvironmentReader } from '@watchkeeper/telemetry';

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
    databaseUrl: readDatabaseUrl(reader),
    // Ten to twenty connections carry the load the seeds assume; the alerts speak of twenty.
    poolSize: reader.integer('DATABASE_POOL_SIZE', { fallback: 20, min: 1, max: 500 }),
    areFaultsEnabled: reader.boolean('FAULTS_ENABLED', false),
  };
}

/** `DATABASE_URL`, with the password of `DATABASE_PASSWORD_FILE` where one is named. */
function readDatabaseUrl(reader: EnvironmentReader): string {
  const text = reader.url('DATABASE_URL');
  const file = reader.optionalText('DATABASE_PASSWORD_FILE');
  if (file === undefined || !URL.canParse(text)) return text;
  const url = new URL(text);
  // A file, because an environment shows in `docker inspect` and in crash reports.
  url.password = readPassword(file);
  return url.href;
}

function readPassword(file: string): string {
  try {
    return encodeURIComponent(readFileSync(file, 'utf8').trim());
  } catch (error) {
    throw new ConfigurationError([
      `Expected \`DATABASE_PASSWORD_FILE\` to name a readable file, got \`${file}\` (${(error as NodeJS.ErrnoException).code}).`,
    ]);
  }
}
