import { fileURLToPath } from 'node:url';
import type { Logger } from '@watchkeeper/telemetry';
import { runner } from 'node-pg-migrate';

/**
 * Brings a schema up to date. Several instances may start at once: the library takes a lock.
 * @throws the library's error when a migration fails; the database then stays as it was
 */
export type Migrate = (databaseUrl: string, logger: Logger) => Promise<void>;

/** @param table where the applied migrations are recorded, one for each service */
export function createMigration(folder: URL, table: string): Migrate {
  return async (databaseUrl, logger) => {
    const startedAt = performance.now();
    const applied = await runner({
      databaseUrl,
      dir: fileURLToPath(folder),
      direction: 'up',
      migrationsTable: table,
      checkOrder: true,
      advisoryLockMode: 'wait',
      log: () => {},
    });
    const fields = {
      applied: applied.map(({ name }) => name),
      duration_ms: Math.round(performance.now() - startedAt),
    };
    logger.info({ event: 'migration_completed', ...fields }, 'schema migrated');
  };
}
