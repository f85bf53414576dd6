import type { Logger } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { httpFaults } from './http-faults.ts';
import { poolFaults } from './pool-faults.ts';
import { processFaults } from './process-faults.ts';

/** The faults of every service that has a database. */
export function serviceFaults(pool: Pool, logger: Logger) {
  return { ...httpFaults, ...poolFaults(pool), ...processFaults(logger) };
}
