import type { Pool } from 'pg';
import type { WebhookEventType } from './handler.ts';

export const deliveryStatuses = ['pending', 'done', 'dead'] as const;

type DeliveryStatus = (typeof deliveryStatuses)[number];

/** One event for one subscription, as in the responses of the API. */
interface Delivery {
  readonly id: string;
  readonly subscriptionId: string;
  readonly eventId: string;
  readonly eventType: WebhookEventType;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly lastStatusCode: number | null;
  readonly lastError: string | null;
  readonly nextAttemptAt: string;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

interface DeliveryQuery {
  readonly status?: DeliveryStatus | undefined;
  readonly subscriptionId?: string | undefined;
  readonly limit: number;
  /** Those older than this one. */
  readonly after?: string | undefined;
}

const columns = `id, subscription_id AS "subscriptionId", event_id AS "eventId",
  event_type AS "eventType", status, attempts, last_status_code AS "lastStatusCode",
  last_error AS "lastError", next_attempt_at AS "nextAttemptAt", created_at AS "createdAt",
  finished_at AS "finishedAt"`;

// With all the attempts of a new one.
const asNew = `status = 'pending', attempts = 0, next_attempt_at = now(), finished_at = NULL`;

export type DeliveryStore = ReturnType<typeof createDeliveryStore>;

/** Creates the store over the `webhooks` schema. */
export function createDeliveryStore(pool: Pool) {
  return {
    /** Newest first. */
    async list({ status, subscriptionId, limit, after }: DeliveryQuery) {
      const { rows } = await pool.query<Delivery>(
        `SELECT ${columns} FROM webhooks.deliveries
         WHERE ($1::text IS NULL OR status = $1) AND ($2::uuid IS NULL OR subscription_id = $2)
           AND ($3::uuid IS NULL OR id < $3)
         ORDER BY id DESC LIMIT $4`,
        [status ?? null, subscriptionId ?? null, after ?? null, limit],
      );
      return rows;
    },
    async find(id: string): Promise<Delivery | undefined> {
      const { rows } = await pool.query<Delivery>(
        `SELECT ${columns} FROM webhooks.deliveries WHERE id = $1`,
        [id],
      );
      return rows[0];
    },
    /** Retries a dead delivery; resolves to nothing if it is not dead. */
    async redrive(id: string): Promise<Delivery | undefined> {
      const { rows } = await pool.query<Delivery>(
        `UPDATE webhooks.deliveries SET ${asNew} WHERE id = $1 AND status = 'dead'
         RETURNING ${columns}`,
        [id],
      );
      return rows[0];
    },
    /** Retries the dead deliveries of one subscription or of all; resolves to their number. */
    async redriveAll(subscriptionId: string | undefined): Promise<number> {
      const { rowCount } = await pool.query(
        `UPDATE webhooks.deliveries SET ${asNew}
         WHERE status = 'dead' AND ($1::uuid IS NULL OR subscription_id = $1)`,
        [subscriptionId ?? null],
      );
      return rowCount ?? 0;
    },
  };
}
