import { galleyLogEvents, readServerConfiguration, serveFaults } from '@watchkeeper/galley';
import { type EnvironmentReader, runService, serveHttp } from '@watchkeeper/telemetry';
import { createApp } from './app.ts';
import { createThirdPartyFaults } from './faults.ts';

// The default of the services that call it.
const port = 8026;
const readConfiguration = (reader: EnvironmentReader) => readServerConfiguration(reader, { port });

await runService(readConfiguration, async (configuration, telemetry) => {
  telemetry.declareLogEvents(galleyLogEvents);
  const faults = createThirdPartyFaults(telemetry.logger, configuration.areFaultsEnabled);
  const app = createApp({ telemetry, faults, now: Date.now });
  await serveHttp(telemetry, app, configuration);
  await serveFaults(telemetry, faults);
});
