import { faultRoutes, galleyLogEvents } from '@watchkeeper/galley';
import { runService, serveHttp } from '@watchkeeper/telemetry';
import { gatewayLogEvents } from './catalogue.ts';
import { readConfiguration } from './config.ts';
import { createGatewayFaults } from './faults.ts';
import { createGateway } from './gateway.ts';

await runService(readConfiguration, async (configuration, telemetry) => {
  telemetry.declareLogEvents({ ...galleyLogEvents, ...gatewayLogEvents });
  const { logger, shutdown } = telemetry;
  const faults = createGatewayFaults(logger, configuration.areFaultsEnabled);
  shutdown.on('drain', 'faults', () => faults.clear());
  await serveHttp(telemetry, createGateway(configuration, telemetry, { faults }), configuration);
  await telemetry.startManagement(faultRoutes(faults, logger));
});
