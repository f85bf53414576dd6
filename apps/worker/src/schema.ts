import { createMigration } from '@watchkeeper/galley';

const folder = new URL('../migrations', import.meta.url);

export const migrateWorker = createMigration(folder, 'migrations_worker');
