import { withTransaction } from '@watchkeeper/galley';
import type { Telemetry } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import type { PublishMessageSent } from './outbox.ts';
import type { StoredMessage } from './store.ts';

/**
 * Hands messages to the worker that nobody took although the recipient seemed to be there: the
 * connection was dying, or the instance was. Several instances may look at once.
 * @returns what stops it
 */
export function watchUndelivered(
  { logger }: Telemetry,
  {
    pool,
    publish,
    notifyAfterMs,
  }: { pool: Pool; publish: PublishMessageSent; notifyAfterMs: number },
): () => void {
  async function sweep(): Promise<void> {
    try {
      const count = await notifyOverdue(pool, publish, notifyAfterMs);
      if (count === 0) return;
      logger.info({ event: 'undelivered_messages_notified', count }, 'undelivered messages found');
    } catch (error) {
      logger.warn({ event: 'undelivered_sweep_failed', err: error }, 'undelivered not looked for');
    }
  }
  const timer = setInterval(() => void sweep(), notifyAfterMs / 2);
  timer.unref();
  return () => clearInterval(timer);
}

function notifyOverdue(
  pool: Pool,
  publish: PublishMessageSent,
  notifyAfterMs: number,
): Promise<number> {
  return withTransaction(pool, async (client) => {
    const { rows } = await client.query<StoredMessage>(
      `UPDATE realtime.messages SET notified_at = now() WHERE id IN (
         SELECT id FROM realtime.messages
         WHERE delivered_at IS NULL AND notified_at IS NULL
           AND sent_at < now() - make_interval(secs => $1)
         ORDER BY sent_at LIMIT 100 FOR UPDATE SKIP LOCKED
       )
       RETURNING id AS "messageId", order_id AS "orderId", sender_id AS "senderId",
                 recipient_id AS "recipientId", sent_at AS "sentAt"`,
      [notifyAfterMs / 1_000],
    );
    for (const message of rows) await publish(client, message);
    return rows.length;
  });
}
