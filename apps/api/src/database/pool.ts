import pg from 'pg';
import type { Configuration } from '../config.ts';

/** Opens the api's pool. No connection is made before the first query. */
export function createPool({
  databaseUrl,
  poolSize,
}: Pick<Configuration, 'databaseUrl' | 'poolSize'>): pg.Pool {
  return new pg.Pool({
    connectionString: databaseUrl,
    max: poolSize,
    application_name: 'api',
    // A caller that waits longer than this is better served by an honest 503.
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 10_000,
    keepAlive: true,
  });
}
