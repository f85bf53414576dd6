import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@watchkeeper/telemetry';
import { runner } from 'node-pg-migrate';
import pg from 'pg';

/**
 * Brings a schema up to date, and then the rights of each role. Several instances may start at once: they
 * take a lock.
 * @param ownerUrl the database with the role that owns the schema
 * @throws the library's error when a migration fails; the database then stays as it was
 */
export type Migrate = (ownerUrl: string, logger: Logger) => Promise<void>;

/**
 * @param folder the migrations; the file `grants.sql` beside it has the rights
 * @param table where the applied migrations are recorded, one for each service
 */
export function createMigration(folder: URL, table: string): Migrate {
  return async (ownerUrl, logger) => {
    const startedAt = performance.now();
    const applied = await runner({
      databaseUrl: ownerUrl,
      dir: fileURLToPath(folder),
      direction: 'up',
      migrationsTable: table,
      checkOrder: true,
      advisoryLockMode: 'wait',
      log: () => {},
    });
    await grant(ownerUrl, new URL('../grants.sql', `${folder}/`));
    const fields = {
      applied: applied.map(({ name }) => name),
      duration_ms: Math.round(performance.now() - startedAt),
    };
    logger.info({ event: 'migration_completed', ...fields }, 'schema migrated');
  };
}

// Two sessions that change the rights of one table at the same time fail.
const lock = 'SELECT pg_advisory_xact_lock(71402026)';

async function grant(connectionString: string, file: URL): Promise<void> {
  if (!existsSync(file)) return;
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(`BEGIN; ${lock}; ${readFileSync(file, 'utf8')}; COMMIT`);
  } finally {
    await client.end();
  }
}
