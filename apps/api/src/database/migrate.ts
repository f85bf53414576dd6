import { fileURLToPath } from 'node:url';
import type { Logger } from '@watchkeeper/telemetry';
import { runner } from 'node-pg-migrate';

const folder = fileURLToPath(new URL('../../migrations', import.meta.url));

/**
 * Brings the schema up to date. Several instances may start at once: the library takes a lock.
 * @throws the library's error when a migration fails; the database then stays as it was
 */
export async function migrate(databaseUrl: string, logger: Logger): Promise<void> {
  const startedAt = performance.now();
  const applied = await runner({
    databaseUrl,
    dir: folder,
    direction: 'up',
    migrationsTable: 'migrations',
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
