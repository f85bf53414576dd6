import { queryRow } from '@watchkeeper/galley';
import {
  instrumentFetch,
  instrumentWebhookSender,
  type Telemetry,
  type WebhookDelivery,
} from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { workerMetrics } from '../catalogue.ts';
import type { Configuration } from '../config.ts';
import type { Loop } from '../running/loop.ts';
import { NonRetryableError } from '../sending/errors.ts';
import { createSendingQueue, type QueuedItem } from '../sending/queue.ts';
import { startSender } from '../sending/sender.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { sign, signatureHeader } from './signature.ts';

interface QueuedDelivery extends QueuedItem {
  readonly subscription_id: string;
  readonly event_type: string;
  readonly body: string;
}

type WebhookOptions = Omit<Configuration['webhooks'], 'demoUrl'> & { idleMs: number };

interface Attempt extends WebhookDelivery {
  readonly delivery: QueuedDelivery;
}

// A hanging receiver occupies one until the timeout; the others go on.
const concurrency = 16;

export function startWebhookSender(
  pool: Pool,
  { privateHosts, timeoutMs, schedule, idleMs }: WebhookOptions,
  telemetry: Telemetry,
): Loop {
  const { logger, declareMetrics } = telemetry;
  const deadLettered = declareMetrics(workerMetrics).counter('webhooks_dead_lettered_total');
  const fetch = instrumentFetch(createGuardedFetch(privateHosts), { ownHosts: [] });

  async function post({ delivery }: Attempt, signal: AbortSignal): Promise<Response> {
    const { url, secret } = await findReceiver(pool, delivery.subscription_id);
    const seconds = Math.floor(Date.now() / 1_000);
    return fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'galley-webhooks/1',
        'x-galley-event': delivery.event_type,
        // The same for every attempt, so that a receiver can recognise a repeated one.
        'x-galley-delivery': delivery.id,
        // New for every attempt, because it contains the time.
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
      send(item, signal) {
        const { id, event_type: eventType, attempts: attempt } = item;
        return deliver({ id, eventType, attempt, delivery: item }, signal);
      },
      onDead({ id, event_type, attempts }) {
        deadLettered.increment({ event_type });
        const fields = { delivery_id: id, event_type, attempts };
        logger.error({ event: 'webhook_delivery_dead', ...fields }, 'webhook dead-lettered');
      },
    },
    telemetry,
  );
}

async function findReceiver(pool: Pool, id: string): Promise<{ url: string; secret: string }> {
  const receiver = await queryRow<{ url: string; secret: string }>(pool)`
    SELECT url, secret FROM webhooks.subscriptions WHERE id = ${id}`;
  if (receiver === undefined) throw new NonRetryableError('The subscription no longer exists.');
  return receiver;
}
