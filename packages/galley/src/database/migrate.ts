import type { Logger } from '@watchkeeper/telemetry';
import { runner } from 'node-pg-migrate';

/** Whose schema, and where its steps lie. */
export interface Migrations {
  readonly databaseUrl: string;
  /** Folder of the SQL files. */
  readonly folder: string;
  /** Where the steps taken are written down: one table for each service. */
  readonly table: string;
}

/**
 * Brings a service's schema up to date. Several instances may start at once: the library takes a lock.
 * @throws the library's error when a migration fails; the database then stays as it was
 */
export async function migrate(
  { databaseUrl, folder, table }: Migrations,
  logger: Logger,
): Promise<void> {
  const startedAt = performance.now();
  const applied = await runner({
    databaseUrl,
    dir: folder,
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
}
