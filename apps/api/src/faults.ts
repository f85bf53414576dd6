import { createFaults, httpFaults, poolFaults, processFaults } from '@watchkeeper/galley';
import type { Logger } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { ledgerFaults } from './ledger/imbalance-fault.ts';

/** Everything that can be broken in the api on purpose, all off. */
export function createApiFaults(pool: Pool, logger: Logger, isEnabled: boolean) {
  const known = {
    ...httpFaults,
    ...poolFaults(pool),
    ...processFaults(logger),
    ...ledgerFaults(pool, logger),
  };
  return createFaults(known, { isEnabled });
}

/** The switches of the api. */
export type ApiFaults = ReturnType<typeof createApiFaults>;
