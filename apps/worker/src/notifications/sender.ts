import { queryRow } from '@watchkeeper/galley';
import { instrumentFetch, type Telemetry } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import type { Configuration } from '../config.ts';
import type { Loop } from '../running/loop.ts';
import { NonRetryableError, RefusedError } from '../sending/errors.ts';
import { createSendingQueue } from '../sending/queue.ts';
import { startSender } from '../sending/sender.ts';
import { createSendingReport, type QueuedMessage } from './report.ts';

// A text about a meal is worth little after some minutes.
const schedule = { baseMs: 2_000, capMs: 60_000, maxAttempts: 8 };
const concurrency = 8;

export function startSmsSender(
  pool: Pool,
  { url, timeoutMs, idleMs }: Configuration['sms'] & { idleMs: number },
  telemetry: Telemetry,
): Loop {
  const fetch = instrumentFetch(globalThis.fetch, { ownHosts: [] });
  const { meter, onDead } = createSendingReport(telemetry);

  const send = meter(async (item, signal) => {
    const to = await findPhone(pool, item.user_id);
    const response = await fetch(`${url}/sms/messages`, {
      method: 'POST',
      // The provider sends one message per key, even if an earlier attempt succeeded unnoticed.
      headers: { 'content-type': 'application/json', 'idempotency-key': item.id },
      body: JSON.stringify({ to, text: item.text }),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    await response.body?.cancel();
    if (!response.ok) throw new RefusedError(response.status);
    return response;
  });
  const queue = createSendingQueue<QueuedMessage>(pool, 'notifications.messages');
  return startSender(
    { name: 'notifications', queue, schedule, concurrency, idleMs, send, onDead },
    telemetry,
  );
}

async function findPhone(pool: Pool, userId: string): Promise<string> {
  const user = await queryRow<{ phone: string }>(pool)`
    SELECT phone FROM accounts.users WHERE id = ${userId}`;
  if (user === undefined) throw new NonRetryableError('The user has no phone number any more.');
  return user.phone;
}
