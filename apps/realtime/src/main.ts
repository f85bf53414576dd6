import { createPool, createTokens, faultRoutes, galleyLogEvents } from '@watchkeeper/galley';
import { instrumentPool, runService } from '@watchkeeper/telemetry';
import { createApp } from './app.ts';
import { realtimeLogEvents } from './catalogue.ts';
import { readConfiguration } from './config.ts';
import { createHub } from './connections/hub.ts';
import { createRealtimeFaults } from './faults.ts';
import { createChannel } from './protocol/channel.ts';
import { servePublic } from './public-server.ts';
import { migrateRealtime } from './schema.ts';

await runService(readConfiguration, async (configuration, telemetry) => {
  telemetry.declareLogEvents({ ...galleyLogEvents, ...realtimeLogEvents });
  const { logger, shutdown } = telemetry;
  const { databaseUrl, settings } = configuration;
  await migrateRealtime(databaseUrl, logger);
  const pool = instrumentPool(createPool('realtime', configuration), telemetry);
  shutdown.on('close-stores', 'database', () => pool.end());
  const hub = createHub(telemetry);
  const channel = createChannel(telemetry);
  const targets = { pool, telemetry, hub, channel };
  const faults = createRealtimeFaults(targets, configuration.areFaultsEnabled);
  shutdown.on('stop-accepting', 'faults', () => faults.clear());
  const tokens = createTokens(configuration.tokenSecret);
  const app = createApp({ ...targets, databaseUrl, tokens, settings, faults });
  await app.start();
  await servePublic(telemetry, app, configuration);
  await telemetry.startManagement(faultRoutes(faults, logger));
});
