import { createFaults, serviceFaults } from '@watchkeeper/galley';
import type { Logger } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { objectStoreFaults } from './attachments/store-fault.ts';
import { ledgerFaults } from './ledger/imbalance-fault.ts';
import { cacheFaults } from './restaurants/cache-fault.ts';
import type { RestaurantCache } from './restaurants/cached-store.ts';

export interface Breakable {
  readonly pool: Pool;
  readonly logger: Logger;
  readonly restaurantCache: RestaurantCache;
}

export function createApiFaults(breakable: Breakable, isEnabled: boolean) {
  const { pool, logger, restaurantCache } = breakable;
  const known = {
    ...serviceFaults(pool, logger),
    ...ledgerFaults(pool, logger),
    ...cacheFaults(restaurantCache),
    ...objectStoreFaults,
  };
  return createFaults(known, { isEnabled });
}

export type ApiFaults = ReturnType<typeof createApiFaults>;
