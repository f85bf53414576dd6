import { galleyLogEvents, readServerConfiguration, serveFaults } from '@watchkeeper/galley';
import { runService, serveHttp } from '@watchkeeper/telemetry';
import { createApp } from './app.ts';
import { createThirdPartyFaults } from './faults.ts';

await runService(readServerConfiguration, async (configuration, telemetry) => {
  telemetry.declareLogEvents(galleyLogEvents);
  const faults = createThirdPartyFaults(telemetry.logger, configuration.areFaultsEnabled);
  const app = createApp({ telemetry, faults, now: Date.now });
  await serveHttp(telemetry, app, configuration);
  await serveFaults(telemetry, faults);
});
