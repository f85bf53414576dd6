import { queryRows, withTransaction } from '@watchkeeper/galley';
import type { Context } from '../context.ts';
import { messageSentEvent, type StoredMessage } from './store.ts';

/**
 * Has the worker notify recipients who seemed online but took no message in time: the connection or
 * the instance was dying. Several instances may sweep at once.
 * @returns a function that stops it
 */
export function sweepUndelivered(context: Context): () => void {
  const { logger } = context.telemetry;
  async function sweep(): Promise<void> {
    try {
      const count = await publishOverdue(context);
      if (count === 0) return;
      logger.info({ event: 'undelivered_messages_notified', count }, 'undelivered messages found');
    } catch (error) {
      logger.warn({ event: 'undelivered_sweep_failed', err: error }, 'undelivered sweep failed');
    }
  }
  const timer = setInterval(() => void sweep(), context.settings.notifyAfterMs / 2).unref();
  return () => clearInterval(timer);
}

function publishOverdue({ pool, publish, settings }: Context): Promise<number> {
  return withTransaction(pool, async (client) => {
    const messages = await queryRows<StoredMessage>(client)`
      UPDATE realtime.messages SET notified_at = now() WHERE id IN (
        SELECT id FROM realtime.messages
        WHERE delivered_at IS NULL AND notified_at IS NULL
          AND sent_at < now() - make_interval(secs => ${settings.notifyAfterMs / 1_000})
        ORDER BY sent_at LIMIT 100 FOR UPDATE SKIP LOCKED
      )
      RETURNING id AS "messageId", order_id AS "orderId", sender_id AS "senderId",
        recipient_id AS "recipientId", sent_at AS "sentAt"`;
    for (const message of messages) await publish(client, messageSentEvent(message));
    return messages.length;
  });
}
