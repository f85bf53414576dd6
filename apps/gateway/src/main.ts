import { faultRoutes } from '@watchkeeper/galley';
import { runService } from '@watchkeeper/telemetry';
import { readConfiguration } from './config.ts';
import { createGatewayFaults } from './faults.ts';
import { createGateway } from './gateway.ts';
import { serve } from './server.ts';

await runService(readConfiguration, async (configuration, telemetry) => {
  const { logger, shutdown } = telemetry;
  const faults = createGatewayFaults(logger, configuration.areFaultsEnabled);
  shutdown.on('drain', 'faults', () => faults.clear());
  await serve(createGateway(configuration, telemetry, { faults }), telemetry, configuration);
  await telemetry.startManagement(faultRoutes(faults, logger));
});
