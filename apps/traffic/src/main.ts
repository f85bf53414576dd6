import { randomUUID } from 'node:crypto';
import { runService } from '@watchkeeper/telemetry';
import { createApp } from './app.ts';
import { trafficLogEvents } from './catalogue.ts';
import { readConfiguration } from './config.ts';

// Well within the library's time for draining.
const drainTimeoutMs = 1_000;

await runService(readConfiguration, async (configuration, telemetry) => {
  telemetry.declareLogEvents(trafficLogEvents);
  const now = () => performance.now();
  const app = createApp({ configuration, telemetry, newId: randomUUID, now });
  telemetry.shutdown.on('stop-accepting', 'schedule', () => app.stop());
  telemetry.shutdown.on('drain', 'visits', () => app.drain(drainTimeoutMs));
  const address = await telemetry.startManagement(app.routes);
  telemetry.logger.info({ event: 'server_started', address }, 'server started');
});
