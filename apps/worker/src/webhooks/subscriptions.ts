import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { type WebhookEventType, webhookEventTypes } from './handler.ts';

interface Subscription {
  readonly id: string;
  readonly description: string;
  readonly url: string;
  readonly eventTypes: readonly WebhookEventType[];
  readonly createdAt: string;
}

const columns = `id, description, url, event_types AS "eventTypes", created_at AS "createdAt"`;

export type SubscriptionStore = ReturnType<typeof createSubscriptionStore>;

/** Creates the store over the `webhooks` schema. */
export function createSubscriptionStore(pool: Pool) {
  return {
    /** The only answer that contains the secret. */
    async create({
      url,
      eventTypes,
      description,
    }: Pick<Subscription, 'url' | 'eventTypes' | 'description'>): Promise<
      Subscription & { readonly secret: string }
    > {
      const secret = createSecret();
      const { rows } = await pool.query<Subscription>(
        `INSERT INTO webhooks.subscriptions (url, event_types, description, secret)
         VALUES ($1, $2, $3, $4) RETURNING ${columns}`,
        [url, eventTypes, description, secret],
      );
      return { ...(rows[0] as Subscription), secret };
    },
    /** Newest first, those older than `after`. */
    async list(limit: number, after: string | undefined): Promise<readonly Subscription[]> {
      const { rows } = await pool.query<Subscription>(
        `SELECT ${columns} FROM webhooks.subscriptions WHERE $2::uuid IS NULL OR id < $2
         ORDER BY id DESC LIMIT $1`,
        [limit, after ?? null],
      );
      return rows;
    },
    /** Removes one with its deliveries; false if there is none. */
    async remove(id: string): Promise<boolean> {
      const { rowCount } = await pool.query('DELETE FROM webhooks.subscriptions WHERE id = $1', [
        id,
      ]);
      return rowCount === 1;
    },
  };
}

// A constant, so that workers starting together create only one.
const demoId = '00000000-0000-7000-8000-000000000001';

/** Subscribes the demo's receiver to everything. */
export async function subscribeDemo(pool: Pool, url: string): Promise<void> {
  await pool.query(
    `INSERT INTO webhooks.subscriptions (id, url, event_types, description, secret)
     VALUES ($1, $2, $3, 'Demo receiver', $4)
     ON CONFLICT (id) DO UPDATE SET url = excluded.url, event_types = excluded.event_types`,
    [demoId, url, webhookEventTypes, createSecret()],
  );
}

function createSecret(): string {
  return `whsec_${randomBytes(32).toString('base64url')}`;
}
