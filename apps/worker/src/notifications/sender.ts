import { instrumentFetch, type Telemetry } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import type { Loop } from '../running/loop.ts';
import { createSendingQueue, type QueuedItem } from '../sending/queue.ts';
import { NonRetryableError, RefusedError, startSender } from '../sending/sender.ts';
import { createSendingReport } from './report.ts';
import type { Template } from './templates.ts';

/** A text message that waits to be sent. */
export interface QueuedMessage extends QueuedItem {
  readonly event_id: string;
  readonly user_id: string;
  readonly template: Template;
  readonly text: string;
}

/** How text messages are sent. */
export interface SmsOptions {
  /** Of the provider; messages go to `/sms/messages` under it. */
  readonly url: string;
  readonly timeoutMs: number;
  /** How long the queue rests when it is empty. */
  readonly idleMs: number;
}

// A text about a meal is worth little after some minutes.
const schedule = { baseMs: 2_000, capMs: 60_000, maxAttempts: 8 };
const concurrency = 8;

/** Starts sending text messages. */
export function startSmsSender(
  pool: Pool,
  { url, timeoutMs, idleMs }: SmsOptions,
  telemetry: Telemetry,
): Loop {
  const fetch = instrumentFetch(globalThis.fetch, { ownHosts: [] });
  const { metered, died } = createSendingReport(telemetry);

  async function post(item: QueuedMessage, signal: AbortSignal): Promise<Response> {
    const to = await findPhone(pool, item.user_id);
    const response = await fetch(`${url}/sms/messages`, {
      method: 'POST',
      // The provider sends one message per key, should a try have got through unnoticed.
      headers: { 'content-type': 'application/json', 'idempotency-key': item.id },
      body: JSON.stringify({ to, text: item.text }),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    await response.body?.cancel();
    return response;
  }

  const send = metered(async (item: QueuedMessage, signal: AbortSignal) => {
    const { ok, status } = await post(item, signal);
    if (!ok) throw new RefusedError(status);
    return { statusCode: status };
  });
  const queue = createSendingQueue<QueuedMessage>(pool, 'notifications.messages');
  return startSender(
    { name: 'notifications', queue, schedule, concurrency, idleMs, send, onDead: died },
    telemetry,
  );
}

async function findPhone(pool: Pool, userId: string): Promise<string> {
  const { rows } = await pool.query<{ phone: string }>(
    'SELECT phone FROM accounts.users WHERE id = $1',
    [userId],
  );
  const phone = rows[0]?.phone;
  if (phone === undefined) throw new NonRetryableError('The person has no number any more.');
  return phone;
}
