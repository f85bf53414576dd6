import { galleyLogEvents, serveFaults } from '@watchkeeper/galley';
import { runService, serveHttp } from '@watchkeeper/telemetry';
import { gatewayLogEvents } from './catalogue.ts';
import { readConfiguration } from './config.ts';
import { createGatewayFaults } from './faults.ts';
import { createGateway } from './gateway.ts';

await runService(readConfiguration, async (configuration, telemetry) => {
  telemetry.declareLogEvents({ ...galleyLogEvents, ...gatewayLogEvents });
  const faults = createGatewayFaults(telemetry.logger, configuration.areFaultsEnabled);
  await serveHttp(telemetry, createGateway(configuration, telemetry, { faults }), configuration);
  await serveFaults(telemetry, faults);
});
