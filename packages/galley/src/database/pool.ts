import { instrumentPool, type Telemetry } from '@watchkeeper/telemetry';
import pg from 'pg';
import type { DatabaseConfiguration } from './configuration.ts';

type PoolConfiguration = Pick<DatabaseConfiguration, 'databaseUrl' | 'poolSize'>;

/** Opens a service's pool with its metrics and spans; the shutdown closes it. */
export function openPool(
  service: string,
  configuration: PoolConfiguration,
  telemetry: Telemetry,
): pg.Pool {
  const pool = instrumentPool(createPool(service, configuration), telemetry);
  telemetry.shutdown.on('close-stores', 'database', () => pool.end());
  return pool;
}

/** Opens a bare pool. No connection is made before the first query. */
export function createPool(service: string, { databaseUrl, poolSize }: PoolConfiguration): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: poolSize,
    // The exporter's metrics and the logs distinguish the services by this name.
    application_name: service,
    // A caller that would wait longer gets a 503 instead.
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 10_000,
    keepAlive: true,
  });
  // An error between two statements of a transaction, without a listener, would end the process.
  // The transaction's next statement rejects anyway.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
