import { type EnvironmentReader, readSecretFile } from '@watchkeeper/telemetry';

export type DatabaseConfiguration = Readonly<ReturnType<typeof readDatabaseConfiguration>>;

/**
 * Reads `DATABASE_URL`, `DATABASE_PASSWORD_FILE`, whose password the URL gets, the same two of the role
 * that owns the schema, `DATABASE_OWNER_…`, and `DATABASE_POOL_SIZE`.
 * @throws ConfigurationError if a password file can't be read
 */
export function readDatabaseConfiguration(
  reader: EnvironmentReader,
  { poolSize }: { poolSize: number },
) {
  const databaseUrl = readDatabaseUrl(reader, 'DATABASE');
  const hasOwner = reader.optionalText('DATABASE_OWNER_URL') !== undefined;
  return {
    databaseUrl,
    /** For migrations alone; the service itself may not change its schema. */
    ownerUrl: hasOwner ? readDatabaseUrl(reader, 'DATABASE_OWNER') : databaseUrl,
    poolSize: reader.integer('DATABASE_POOL_SIZE', { fallback: poolSize, min: 1, max: 500 }),
  };
}

function readDatabaseUrl(reader: EnvironmentReader, prefix: string): string {
  const text = reader.url(`${prefix}_URL`);
  const variable = `${prefix}_PASSWORD_FILE`;
  const file = reader.optionalText(variable);
  if (file === undefined || !URL.canParse(text)) return text;
  const url = new URL(text);
  url.password = encodeURIComponent(readSecretFile(variable, file));
  return url.href;
}
