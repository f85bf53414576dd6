import { randomUUID } from 'node:crypto';
import { runService, serveHttp } from '@watchkeeper/telemetry';
import { createApp } from './app.ts';
import { createSilenceWatch } from './audit/silence-watch.ts';
import { oncallLogEvents } from './catalogue.ts';
import { readConfiguration } from './config.ts';
import { createHeartbeatWatch } from './inbox/heartbeat.ts';
import { watchInbox } from './inbox/metrics.ts';
import { openInbox } from './inbox/store.ts';
import { createLive } from './page/live.ts';
import { startMailServer } from './receivers/mail.ts';
import { createReceiver } from './receivers/receiver.ts';
import { createSenderCheck } from './receivers/sender.ts';

// One comparison; the page shows seconds.
const watchIntervalMs = 1_000;
// One request of a few kilobytes; a silence over everything is known before the next evaluation.
const silenceIntervalMs = 2_000;

await runService(readConfiguration, async (configuration, telemetry) => {
  telemetry.declareLogEvents(oncallLogEvents);
  const { shutdown, logger } = telemetry;
  const inbox = await openInbox({
    file: configuration.inboxFile,
    capacity: configuration.inboxCapacity,
    logger,
    now: Date.now,
  });
  shutdown.on('close-stores', 'inbox', () => inbox.close());

  const live = createLive();
  inbox.onChange(live.announce);
  shutdown.on('stop-accepting', 'open pages', () => live.close());
  watchInbox(telemetry, inbox, live);
  const watchHeartbeat = createHeartbeatWatch({
    inbox,
    timeoutSeconds: configuration.heartbeatTimeoutSeconds,
    logger,
    now: Date.now,
    onStatusChange: live.announce,
  });
  const timer = setInterval(watchHeartbeat, watchIntervalMs).unref();
  shutdown.on('stop-accepting', 'heartbeat watch', () => clearInterval(timer));

  const silences = createSilenceWatch({
    ...{ alertmanagerQueryUrl: configuration.alertmanagerQueryUrl, telemetry, inbox },
    onChange: live.announce,
  });
  const report = (err: unknown) =>
    logger.error({ event: 'inbox_act_failed', err }, 'act not recorded');
  const polling = setInterval(() => void silences.poll().catch(report), silenceIntervalMs).unref();
  shutdown.on('stop-accepting', 'silence watch', () => clearInterval(polling));
  const senders = createSenderCheck(configuration.receiverToken);
  const formToken = randomUUID();
  const parts = { configuration, telemetry, inbox, live, senders, silences, formToken };
  const app = createApp({ ...parts, now: Date.now });
  await serveHttp(telemetry, app, configuration);
  const mail = await startMailServer({
    port: configuration.smtpPort,
    bindAddress: configuration.bindAddress,
    receiver: createReceiver(telemetry, inbox, 'mail'),
    senders,
  });
  shutdown.on('drain', 'mail server', () => mail.close());
  await telemetry.startManagement();
});
