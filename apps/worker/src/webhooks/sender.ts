import {
  instrumentFetch,
  instrumentWebhookSender,
  type Telemetry,
  type WebhookDelivery,
} from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { workerMetrics } from '../catalogue.ts';
import type { RetrySchedule } from '../retries/schedule.ts';
import type { Loop } from '../running/loop.ts';
import { createSendingQueue, type QueuedItem } from '../sending/queue.ts';
import { NonRetryableError, RefusedError, startSender } from '../sending/sender.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { sign, signatureHeader } from './signature.ts';

/** A delivery that waits. */
export interface QueuedDelivery extends QueuedItem {
  readonly subscription_id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly body: string;
}

/** How webhooks are sent. */
export interface WebhookOptions {
  readonly isPrivateAllowed: boolean;
  readonly timeoutMs: number;
  readonly schedule: RetrySchedule;
  /** How long the queue rests when it is empty. */
  readonly idleMs: number;
}

interface Attempt extends WebhookDelivery {
  readonly delivery: QueuedDelivery;
}

// A receiver that hangs holds one for as long as the timeout; the others go on.
const concurrency = 16;

/** Starts delivering webhooks. */
export function startWebhookSender(
  pool: Pool,
  { isPrivateAllowed, timeoutMs, schedule, idleMs }: WebhookOptions,
  telemetry: Telemetry,
): Loop {
  const { logger, declareMetrics } = telemetry;
  const deaths = declareMetrics(workerMetrics).counter('webhooks_dead_lettered_total');
  const fetch = instrumentFetch(createGuardedFetch({ isPrivateAllowed }), { ownHosts: [] });

  async function post({ delivery }: Attempt, signal: AbortSignal): Promise<Response> {
    const { url, secret } = await findReceiver(pool, delivery.subscription_id);
    const seconds = Math.floor(Date.now() / 1_000);
    return fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'galley-webhooks/1',
        'x-galley-event': delivery.event_type,
        // The same at every try: by it a receiver knows what it has seen.
        'x-galley-delivery': delivery.id,
        // Made anew at every try, because it holds the time.
        [signatureHeader]: sign(secret, delivery.body, seconds),
      },
      body: delivery.body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
  }

  const deliver = instrumentWebhookSender(post, telemetry);
  return startSender<QueuedDelivery>(
    {
      name: 'webhooks',
      queue: createSendingQueue(pool, 'webhooks.deliveries'),
      ...{ schedule, concurrency, idleMs },
      async send(item, signal) {
        const { id, event_type: eventType, attempts: attempt } = item;
        const { ok, status } = await deliver({ id, eventType, attempt, delivery: item }, signal);
        if (!ok) throw new RefusedError(status);
        return { statusCode: status };
      },
      onDead({ id, event_type, attempts }) {
        deaths.increment({ event_type });
        const fields = { delivery_id: id, event_type, attempts };
        logger.error({ event: 'webhook_delivery_dead', ...fields }, 'webhook delivery given up');
      },
    },
    telemetry,
  );
}

async function findReceiver(pool: Pool, id: string): Promise<{ url: string; secret: string }> {
  const { rows } = await pool.query<{ url: string; secret: string }>(
    'SELECT url, secret FROM webhooks.subscriptions WHERE id = $1',
    [id],
  );
  if (rows[0] === undefined) throw new NonRetryableError('The subscription is gone.');
  return rows[0];
}
