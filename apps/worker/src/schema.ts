import { fileURLToPath } from 'node:url';
import { migrate } from '@watchkeeper/galley';
import type { Logger } from '@watchkeeper/telemetry';

/** Brings the worker's schemas up to date; throws the library's error when a step fails. */
export function migrateWorker(databaseUrl: string, logger: Logger): Promise<void> {
  const folder = fileURLToPath(new URL('../migrations', import.meta.url));
  return migrate({ databaseUrl, folder, table: 'migrations_worker' }, logger);
}
