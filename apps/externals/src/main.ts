import { faultRoutes } from '@watchkeeper/galley';
import { runService, serveHttp } from '@watchkeeper/telemetry';
import { createApp } from './app.ts';
import { readConfiguration } from './config.ts';
import { watchInbox } from './inbox/metrics.ts';
import { openInbox } from './inbox/store.ts';
import { createExternalsFaults } from './stand-ins/faults.ts';

await runService(readConfiguration, async (configuration, telemetry) => {
  const inbox = await openInbox({
    file: configuration.inboxFile,
    capacity: configuration.inboxCapacity,
    logger: telemetry.logger,
    now: Date.now,
  });
  telemetry.shutdown.on('close-stores', 'inbox', () => inbox.close());
  watchInbox(telemetry, inbox);
  const faults = createExternalsFaults(telemetry.logger, configuration.areFaultsEnabled);
  telemetry.shutdown.on('drain', 'faults', () => faults.clear());
  const app = createApp({ configuration, telemetry, inbox, faults, now: Date.now });
  await serveHttp(telemetry, app, configuration);
  await telemetry.startManagement(faultRoutes(faults, telemetry.logger));
});
