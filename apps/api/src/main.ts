import {
  createTokenSigner,
  createTokenVerifier,
  galleyLogEvents,
  openPool,
  serveFaults,
} from '@watchkeeper/galley';
import { runService, serveHttp } from '@watchkeeper/telemetry';
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
import { grantKnown } from './staff/known-numbers.ts';

await runService(readConfiguration, async (configuration, telemetry) => {
  telemetry.declareLogEvents({ ...galleyLogEvents, ...apiLogEvents });
  const { logger, shutdown } = telemetry;
  await migrateApi(configuration.ownerUrl, logger);
  const pool = openPool('api', configuration, telemetry);
  await repairTestWallet(pool);
  await ensureAdministrator(pool, configuration.accounts);
  await grantKnown(pool, configuration.accounts.knownNumbers);
  watchLedger(pool, telemetry);
  const restaurantCache = createRestaurantCache(telemetry);
  const faults = createApiFaults(pool, logger, restaurantCache, configuration.areFaultsEnabled);
  shutdown.on('drain', 'business metrics', watchBusiness(pool, telemetry));
  shutdown.on('drain', 'accounts sweep', startSweep(pool, logger));
  const { signingKey, readKeys } = configuration;
  const tokens = { ...createTokenSigner(signingKey), ...createTokenVerifier(readKeys) };
  const app = createApp({ pool, telemetry, faults, tokens, restaurantCache, configuration });
  await serveHttp(telemetry, app, configuration);
  await serveFaults(telemetry, faults);
});
