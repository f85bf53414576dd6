import { execute, queryRow, queryRows, sql } from '@watchkeeper/galley';
import type { Pool } from 'pg';
import { z } from 'zod';
import { page } from '../http/schema.ts';
import type { WebhookEventType } from './handler.ts';

const statuses = ['pending', 'done', 'dead'] as const;

/** Which deliveries a list has: those older than `after`. */
export const deliveryQuery = z.strictObject({
  ...page,
  status: z.enum(statuses).optional(),
  subscriptionId: z.uuid().optional(),
});

/** One event for one subscription, as in the responses of the API. */
interface Delivery {
  readonly id: string;
  readonly subscriptionId: string;
  readonly eventId: string;
  readonly eventType: WebhookEventType;
  readonly status: (typeof statuses)[number];
  readonly attempts: number;
  readonly lastStatusCode: number | null;
  readonly lastError: string | null;
  readonly nextAttemptAt: string;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

const columns = sql`id, subscription_id AS "subscriptionId", event_id AS "eventId",
  event_type AS "eventType", status, attempts, last_status_code AS "lastStatusCode",
  last_error AS "lastError", next_attempt_at AS "nextAttemptAt", created_at AS "createdAt",
  finished_at AS "finishedAt"`;

// With all the attempts of a new one.
const asNew = sql`status = 'pending', attempts = 0, next_attempt_at = now(), finished_at = NULL`;

/** Newest first. */
export function listDeliveries(
  pool: Pool,
  { status, subscriptionId, limit, after }: z.output<typeof deliveryQuery>,
): Promise<Delivery[]> {
  return queryRows<Delivery>(pool)`
    SELECT ${columns} FROM webhooks.deliveries
    WHERE (${status}::text IS NULL OR status = ${status})
      AND (${subscriptionId}::uuid IS NULL OR subscription_id = ${subscriptionId})
      AND (${after}::uuid IS NULL OR id < ${after})
    ORDER BY id DESC LIMIT ${limit}`;
}

export function findDelivery(pool: Pool, id: string): Promise<Delivery | undefined> {
  return queryRow<Delivery>(pool)`SELECT ${columns} FROM webhooks.deliveries WHERE id = ${id}`;
}

/** Retries a dead delivery; resolves to nothing if it is not dead. */
export function redriveDelivery(pool: Pool, id: string): Promise<Delivery | undefined> {
  return queryRow<Delivery>(pool)`
    UPDATE webhooks.deliveries SET ${asNew} WHERE id = ${id} AND status = 'dead'
    RETURNING ${columns}`;
}

/** Retries the dead deliveries of one subscription or of all; resolves to their number. */
export function redriveDeliveries(pool: Pool, subscriptionId: string | undefined): Promise<number> {
  return execute(pool)`
    UPDATE webhooks.deliveries SET ${asNew}
    WHERE status = 'dead' AND (${subscriptionId}::uuid IS NULL OR subscription_id = ${subscriptionId})`;
}
