import { faultRoutes, galleyLogEvents } from '@watchkeeper/galley';
import { runService, serveHttp } from '@watchkeeper/telemetry';
import { createApp } from './app.ts';
import { readConfiguration } from './config.ts';
import { createThirdPartyFaults } from './faults.ts';

await runService(readConfiguration, async (configuration, telemetry) => {
  telemetry.declareLogEvents(galleyLogEvents);
  const { logger, shutdown } = telemetry;
  const faults = createThirdPartyFaults(logger, configuration.areFaultsEnabled);
  shutdown.on('drain', 'faults', () => faults.clear());
  const app = createApp({ telemetry, faults, now: Date.now });
  await serveHttp(telemetry, app, configuration);
  await telemetry.startManagement(faultRoutes(faults, logger));
});
