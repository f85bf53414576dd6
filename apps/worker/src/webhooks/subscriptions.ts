import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { type WebhookEventType, webhookEventTypes } from './event-types.ts';

/** Where webhooks go; its secret is shown only when it is made. */
export interface Subscription {
  readonly id: string;
  readonly description: string;
  readonly url: string;
  readonly eventTypes: readonly WebhookEventType[];
  readonly createdAt: string;
}

/** Keeps subscriptions. */
export interface SubscriptionStore {
  create(
    wanted: Pick<Subscription, 'url' | 'eventTypes' | 'description'>,
  ): Promise<Subscription & { readonly secret: string }>;
  /** Newest first, those before `after`. */
  list(limit: number, after: string | undefined): Promise<readonly Subscription[]>;
  /** Removes one with its deliveries; false where there is none. */
  remove(id: string): Promise<boolean>;
}

const columns = `id, description, url, event_types AS "eventTypes", created_at AS "createdAt"`;

/** Makes the store over the `webhooks` schema. */
export function createSubscriptionStore(pool: Pool): SubscriptionStore {
  return {
    async create({ url, eventTypes, description }) {
      const secret = newSecret();
      const { rows } = await pool.query<Subscription>(
        `INSERT INTO webhooks.subscriptions (url, event_types, description, secret)
         VALUES ($1, $2, $3, $4) RETURNING ${columns}`,
        [url, eventTypes, description, secret],
      );
      return { ...(rows[0] as Subscription), secret };
    },
    async list(limit, after) {
      const { rows } = await pool.query<Subscription>(
        `SELECT ${columns} FROM webhooks.subscriptions WHERE $2::uuid IS NULL OR id < $2
         ORDER BY id DESC LIMIT $1`,
        [limit, after ?? null],
      );
      return rows;
    },
    async remove(id) {
      const { rowCount } = await pool.query('DELETE FROM webhooks.subscriptions WHERE id = $1', [
        id,
      ]);
      return rowCount === 1;
    },
  };
}

// Of the one subscription that the demo makes, so that workers that start together make only one.
const demoId = '00000000-0000-7000-8000-000000000001';

/** Has the demo's receiver subscribed to everything. */
export async function subscribeDemo(pool: Pool, url: string): Promise<void> {
  await pool.query(
    `INSERT INTO webhooks.subscriptions (id, url, event_types, description, secret)
     VALUES ($1, $2, $3, 'Demo receiver', $4)
     ON CONFLICT (id) DO UPDATE SET url = excluded.url, event_types = excluded.event_types`,
    [demoId, url, webhookEventTypes, newSecret()],
  );
}

function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64url')}`;
}
