import { rmSync } from 'node:fs';
import { migrateApi } from '@watchkeeper/api/schema';
import { createPool } from '@watchkeeper/galley';
import { startStack } from '@watchkeeper/stack';
import type { Logger } from '@watchkeeper/telemetry';
import { makeTemporaryFolder } from '@watchkeeper/testing/temporary-folder';
import { migrateWorker } from '../schema.ts';

/** A PostgreSQL of a test's own, with the schemas of the api and of the worker. */
export async function startDatabase(logger: Logger) {
  const stateFolder = makeTemporaryFolder('worker');
  const stack = await startStack({ stateFolder, ports: 'free', components: ['postgres'] });
  await migrateApi(stack.databaseUrl, logger);
  await migrateWorker(stack.databaseUrl, logger);
  return {
    url: stack.databaseUrl,
    createPool(poolSize: number) {
      const pool = createPool('worker', { databaseUrl: stack.databaseUrl, poolSize });
      // A connection that is being closed may still hear that the server goes away.
      pool.on('error', () => {});
      return pool;
    },
    /** Kills the database as a crash would, and starts it again after `whileDown`. */
    async without(whileDown: () => Promise<void>) {
      await stack.halt('postgres');
      await whileDown();
      await stack.resume('postgres');
    },
    async stop() {
      await stack.stop();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}
