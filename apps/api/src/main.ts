import { instrumentPool, runService, serveHttp } from '@watchkeeper/telemetry';
import { createApp } from './app.ts';
import { watchBusiness } from './business-metrics.ts';
import { readConfiguration } from './config.ts';
import { migrate } from './database/migrate.ts';
import { createPool } from './database/pool.ts';
import { createFaults } from './faults/faults.ts';
import { faultRoutes } from './faults/routes.ts';

await runService(readConfiguration, async (configuration, telemetry) => {
  await migrate(configuration.databaseUrl, telemetry.logger);
  const pool = instrumentPool(createPool(configuration), telemetry);
  telemetry.shutdown.on('close-stores', 'database', () => pool.end());
  const faults = createFaults({ isEnabled: configuration.areFaultsEnabled, now: Date.now });
  const stopWatching = watchBusiness(pool, telemetry);
  telemetry.shutdown.on('drain', 'business metrics', stopWatching);
  await serveHttp(telemetry, createApp({ pool, telemetry, faults }), configuration);
  await telemetry.startManagement(faultRoutes(faults, telemetry.logger));
});
