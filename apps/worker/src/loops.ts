import { createListener } from '@watchkeeper/galley';
import { type Telemetry, watchOutbox, watchWebhooks } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { analyticsHandler } from './analytics/handler.ts';
import { workerMetrics } from './catalogue.ts';
import type { Configuration } from './config.ts';
import type { WorkerFaults } from './faults.ts';
import { startSmsSender } from './notifications/sender.ts';
import { notificationHandler } from './notifications/templates.ts';
import { createConsumer } from './outbox/consumer.ts';
import { countDeadEvents } from './outbox/dead-events.ts';
import { readBacklog } from './outbox/store.ts';
import { startLoop } from './running/loop.ts';
import { createSendingQueue } from './sending/queue.ts';
import { webhookHandler } from './webhooks/handler.ts';
import { startWebhookSender } from './webhooks/sender.ts';

export const handlers = [analyticsHandler, notificationHandler, webhookHandler] as const;

/**
 * Starts the consumer of the outbox and the senders, and registers their shutdown.
 * @returns a function that wakes the sender of webhooks
 */
export function startLoops(
  pool: Pool,
  faults: WorkerFaults,
  configuration: Pick<Configuration, 'databaseUrl' | 'outbox' | 'webhooks' | 'sms'>,
  telemetry: Telemetry,
): { readonly wakeWebhooks: () => void } {
  const { databaseUrl, outbox, webhooks, sms } = configuration;
  const idleMs = outbox.pollMs;
  const smsSender = startSmsSender(pool, { ...sms, idleMs }, telemetry);
  const webhookSender = startWebhookSender(pool, { ...webhooks, idleMs }, telemetry);
  const { batchSize, schedule } = outbox;
  const consumer = createConsumer({ pool, handlers, faults, schedule, batchSize }, telemetry);
  const consuming = startLoop(
    {
      name: 'outbox',
      idleMs,
      async run(stopping) {
        const { claimed, isMore } = await consumer.runBatch(stopping);
        if (claimed > 0) for (const sender of [smsSender, webhookSender]) sender.wake();
        return isMore;
      },
    },
    telemetry,
  );
  const listener = createListener(telemetry, {
    ...{ databaseUrl, applicationName: 'worker listener', channels: ['outbox'] },
    onNotification: consuming.wake,
    onReconnected: consuming.wake,
  });
  // Polling goes on without it. Events may have been published before it listened.
  listener.start().then(consuming.wake, () => {});
  const { shutdown } = telemetry;
  shutdown.on('stop-accepting', 'listener', () => listener.stop());
  shutdown.on('drain', 'batch of events', () => consuming.stop());
  shutdown.on('drain', 'text messages', () => smsSender.stop());
  shutdown.on('drain', 'webhooks', () => webhookSender.stop());
  return { wakeWebhooks: webhookSender.wake };
}

/** Exports the backlogs, and the numbers of dead-lettered items. */
export function watchBacklogs(pool: Pool, telemetry: Telemetry): void {
  const metrics = telemetry.declareMetrics(workerMetrics);
  const deadEvents = metrics.gauge('event_outbox_dead');
  const deadWebhooks = metrics.gauge('webhook_dead');
  const pendingMessages = metrics.gauge('notification_pending');
  const webhooks = createSendingQueue(pool, 'webhooks.deliveries');
  const messages = createSendingQueue(pool, 'notifications.messages');
  watchOutbox(async () => {
    deadEvents.set(await countDeadEvents(pool));
    return readBacklog(pool);
  }, telemetry);
  watchWebhooks(async () => {
    deadWebhooks.set(await webhooks.count('dead'));
    pendingMessages.set(await messages.count('pending'));
    return webhooks.count('pending');
  }, telemetry);
}
