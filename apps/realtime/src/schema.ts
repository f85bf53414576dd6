import { createMigration } from '@watchkeeper/galley';

const folder = new URL('../migrations', import.meta.url);

export const migrateRealtime = createMigration(folder, 'migrations_realtime');
