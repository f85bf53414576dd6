import { createMigration } from '@watchkeeper/galley';

const folder = new URL('../migrations', import.meta.url);

export const migrateApi = createMigration(folder, 'migrations');
