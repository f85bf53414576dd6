import { createTokenVerifier, galleyLogEvents, openPool, serveFaults } from '@watchkeeper/galley';
import { runService } from '@watchkeeper/telemetry';
import { createApp } from './app.ts';
import { realtimeLogEvents } from './catalogue.ts';
import { readConfiguration } from './config.ts';
import { createHub } from './connections/hub.ts';
import { servePublic } from './connections/upgrade.ts';
import { createRealtimeFaults } from './faults.ts';
import { createChannel } from './protocol/messages.ts';
import { migrateRealtime } from './schema.ts';

await runService(readConfiguration, async (configuration, telemetry) => {
  telemetry.declareLogEvents({ ...galleyLogEvents, ...realtimeLogEvents });
  const { databaseUrl, ownerUrl, settings } = configuration;
  await migrateRealtime(ownerUrl, telemetry.logger);
  const pool = openPool('realtime', configuration, telemetry);
  const hub = createHub(telemetry);
  const channel = createChannel(telemetry);
  const targets = { pool, telemetry, hub, channel };
  const faults = createRealtimeFaults(targets, configuration.areFaultsEnabled);
  const tokens = createTokenVerifier(configuration.readKeys);
  const app = createApp({ ...targets, databaseUrl, tokens, settings, faults });
  await app.start();
  await servePublic(telemetry, app, configuration);
  await serveFaults(telemetry, faults);
});
