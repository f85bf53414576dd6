import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';

/** An event as a test publishes it. */
export interface NewEvent {
  readonly type: string;
  readonly payload: object;
  readonly context?: object;
}

/** Saffron Table. */
export const restaurantId = '075a036f-e163-5968-adac-3983bc0d0c38';
/** Chana masala, of Saffron Table. */
export const dishId = '63fc69e0-979b-5a90-958c-d77bb1e8511c';

/** The payload of an order's event. */
export function orderPayload(
  customerId: string,
  status = 'placed',
  orderId: string = randomUUID(),
) {
  return { orderId, customerId, restaurantId, status, version: 1, totalCents: 980, at };
}

const at = '2026-01-31T12:34:56.000Z';

/** The payload of a payment's event. */
export function paymentPayload(customerId: string, amountCents: number) {
  const ids = { paymentId: randomUUID(), orderId: randomUUID(), customerId, restaurantId };
  return { ...ids, method: 'card', amountCents, at };
}

/** Stores events like the api; resolves to their ids. */
export async function publish(pool: Pool, ...events: readonly NewEvent[]): Promise<string[]> {
  const { rows } = await pool.query<{ event_id: string }>(
    `INSERT INTO events.outbox (event_type, aggregate_id, payload, trace_context)
     SELECT type, gen_random_uuid(), payload, context
     FROM jsonb_to_recordset($1) AS event (type text, payload jsonb, context jsonb)
     RETURNING event_id`,
    [JSON.stringify(events.map(({ context = {}, ...event }) => ({ ...event, context })))],
  );
  return rows.map(({ event_id }) => event_id);
}

/** Creates a user with a phone number; resolves to both. */
export async function addUser(pool: Pool): Promise<{ userId: string; phone: string }> {
  const phone = `+316${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`;
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO accounts.users (phone, password_hash, role) VALUES ($1, '-', 'customer')
     RETURNING id`,
    [phone],
  );
  return { userId: rows[0]?.id ?? '', phone };
}

/** Starts a session of a new user, as a login does. */
export async function addSession(pool: Pool): Promise<{ userId: string; sessionId: string }> {
  const { userId } = await addUser(pool);
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO accounts.sessions (user_id, device_id, expires_at)
     VALUES ($1, 'test', now() + interval '1 day') RETURNING id`,
    [userId],
  );
  return { userId, sessionId: rows[0]?.id ?? '' };
}

/** The state of an event in the outbox. */
export async function stateOf(pool: Pool, eventId: string) {
  const { rows } = await pool.query<{ state: string; attempts: number; last_error: string }>(
    `SELECT CASE WHEN processed_at IS NOT NULL THEN 'processed' WHEN dead_at IS NOT NULL THEN 'dead'
       ELSE 'pending' END AS state, attempts, last_error
     FROM events.outbox WHERE event_id = $1`,
    [eventId],
  );
  return rows[0];
}
