import { createPool, createTokens, faultRoutes, galleyLogEvents } from '@watchkeeper/galley';
import { instrumentPool, runService, serveHttp } from '@watchkeeper/telemetry';
import { ensureAdministrator } from './accounts/administrator.ts';
import { startSweep } from './accounts/sweep.ts';
import { createApp } from './app.ts';
import { watchBusiness } from './business-metrics.ts';
import { apiLogEvents } from './catalogue.ts';
import { readConfiguration } from './config.ts';
import { createApiFaults } from './faults.ts';
import { watchLedger } from './ledger/audit.ts';
import { repairTestWallet } from './ledger/imbalance-fault.ts';
import { createRestaurantCache } from './restaurants/cached-store.ts';
import { migrateApi } from './schema.ts';

await runService(readConfiguration, async (configuration, telemetry) => {
  telemetry.declareLogEvents({ ...galleyLogEvents, ...apiLogEvents });
  const { logger, shutdown } = telemetry;
  await migrateApi(configuration.databaseUrl, logger);
  const pool = instrumentPool(createPool('api', configuration), telemetry);
  shutdown.on('close-stores', 'database', () => pool.end());
  await repairTestWallet(pool);
  await ensureAdministrator(pool, configuration.accounts);
  watchLedger(pool, telemetry);
  const restaurantCache = createRestaurantCache(telemetry);
  const { areFaultsEnabled } = configuration;
  const faults = createApiFaults({ pool, logger, restaurantCache }, areFaultsEnabled);
  shutdown.on('drain', 'faults', () => faults.clear());
  const stopWatching = watchBusiness(pool, telemetry);
  shutdown.on('drain', 'business metrics', stopWatching);
  const stopSweeping = startSweep(pool, logger);
  shutdown.on('drain', 'accounts sweep', stopSweeping);
  const tokens = createTokens(configuration.tokenSecret);
  await serveHttp(
    telemetry,
    createApp({ pool, telemetry, faults, tokens, restaurantCache, configuration }),
    configuration,
  );
  await telemetry.startManagement(faultRoutes(faults, logger));
});
