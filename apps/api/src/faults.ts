import { createFaults, serviceFaults } from '@watchkeeper/galley';
import type { Logger } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { objectStoreFaults } from './attachments/store-fault.ts';
import { ledgerFaults } from './ledger/imbalance-fault.ts';
import { cacheFaults, type RestaurantCache } from './restaurants/cached-store.ts';

export function createApiFaults(
  pool: Pool,
  logger: Logger,
  restaurantCache: RestaurantCache,
  isEnabled: boolean,
) {
  const known = {
    ...serviceFaults(pool, logger),
    ...ledgerFaults(pool, logger),
    ...cacheFaults(restaurantCache),
    ...objectStoreFaults,
  };
  return createFaults(known, { isEnabled });
}

export type ApiFaults = ReturnType<typeof createApiFaults>;
