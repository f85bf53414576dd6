import { type EnvironmentReader, readSecretFile } from '@watchkeeper/telemetry';

export type DatabaseConfiguration = Readonly<ReturnType<typeof readDatabaseConfiguration>>;

/**
 * Reads `DATABASE_URL`, `DATABASE_PASSWORD_FILE`, whose password the URL gets, and `DATABASE_POOL_SIZE`.
 * @throws ConfigurationError if the password file can't be read
 */
export function readDatabaseConfiguration(
  reader: EnvironmentReader,
  { poolSize }: { poolSize: number },
) {
  return {
    databaseUrl: readDatabaseUrl(reader),
    poolSize: reader.integer('DATABASE_POOL_SIZE', { fallback: poolSize, min: 1, max: 500 }),
  };
}

function readDatabaseUrl(reader: EnvironmentReader): string {
  const text = reader.url('DATABASE_URL');
  const file = reader.optionalText('DATABASE_PASSWORD_FILE');
  if (file === undefined || !URL.canParse(text)) return text;
  const url = new URL(text);
  url.password = encodeURIComponent(readSecretFile('DATABASE_PASSWORD_FILE', file));
  return url.href;
}
