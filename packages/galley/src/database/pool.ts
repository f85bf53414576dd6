import pg from 'pg';
import type { DatabaseConfiguration } from './configuration.ts';

/** Opens a service's pool. No connection is made before the first query. */
export function createPool(
  service: string,
  { databaseUrl, poolSize }: DatabaseConfiguration,
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: poolSize,
    // By this name the exporter's figures and the logs tell the services apart.
    application_name: service,
    // A caller that waits longer than this is better served by an honest 503.
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 10_000,
    keepAlive: true,
  });
  // A connection that breaks between two statements of a transaction tells nobody but its listeners;
  // without one it would end the process. The transaction's next statement rejects all the same.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
