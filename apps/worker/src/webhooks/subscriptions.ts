import { randomBytes } from 'node:crypto';
import { execute, queryRow, queryRows, sql } from '@watchkeeper/galley';
import type { Pool } from 'pg';
import { type WebhookEventType, webhookEventTypes } from './handler.ts';

interface NewSubscription {
  readonly url: string;
  readonly eventTypes: readonly WebhookEventType[];
  readonly description: string;
}

interface Subscription extends NewSubscription {
  readonly id: string;
  readonly createdAt: string;
}

const columns = sql`id, description, url, event_types AS "eventTypes", created_at AS "createdAt"`;

/** The only answer that contains the secret. */
export async function createSubscription(
  pool: Pool,
  { url, eventTypes, description }: NewSubscription,
): Promise<Subscription & { readonly secret: string }> {
  const secret = createSecret();
  const created = await queryRow<Subscription>(pool)`
    INSERT INTO webhooks.subscriptions (url, event_types, description, secret)
    VALUES (${url}, ${eventTypes}, ${description}, ${secret}) RETURNING ${columns}`;
  return { ...(created as Subscription), secret };
}

/** Newest first, those older than `after`. */
export function listSubscriptions(pool: Pool, limit: number, after: string | undefined) {
  return queryRows<Subscription>(pool)`
    SELECT ${columns} FROM webhooks.subscriptions WHERE ${after}::uuid IS NULL OR id < ${after}
    ORDER BY id DESC LIMIT ${limit}`;
}

/** Removes one with its deliveries; false if there is none. */
export async function removeSubscription(pool: Pool, id: string): Promise<boolean> {
  return (await execute(pool)`DELETE FROM webhooks.subscriptions WHERE id = ${id}`) === 1;
}

// A constant, so that workers starting together create only one.
const demoId = '00000000-0000-7000-8000-000000000001';

/** Subscribes the demo's receiver to everything. */
export async function subscribeDemo(pool: Pool, url: string): Promise<void> {
  await execute(pool)`
    INSERT INTO webhooks.subscriptions (id, url, event_types, description, secret)
    VALUES (${demoId}, ${url}, ${webhookEventTypes}, 'Demo receiver', ${createSecret()})
    ON CONFLICT (id) DO UPDATE SET url = excluded.url, event_types = excluded.event_types`;
}

function createSecret(): string {
  return `whsec_${randomBytes(32).toString('base64url')}`;
}
