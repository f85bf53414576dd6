import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';

export interface TestOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly courierId: string;
}

export type ApiTables = ReturnType<typeof createApiTables>;

/** Writes to the api's tables as the api does, as far as realtime reads them. */
export function createApiTables(pool: Pool) {
  async function announce(orderId: string, type: string): Promise<void> {
    await pool.query(
      `INSERT INTO events.outbox (event_type, aggregate_id, payload)
       SELECT $2, o.id, jsonb_build_object('orderId', o.id, 'customerId', customer_id,
         'courierId', a.courier_id, 'status', o.status, 'version', version)
       FROM orders.orders o LEFT JOIN couriers.assignments a ON a.order_id = o.id
       WHERE o.id = $1`,
      [orderId, type],
    );
  }

  async function addUser(id: string): Promise<void> {
    await pool.query(
      `INSERT INTO accounts.users (id, phone, password_hash, role)
       VALUES ($1::uuid, $1::uuid::text, 'none', 'customer') ON CONFLICT DO NOTHING`,
      [id],
    );
  }

  return {
    /** Places an order that a courier has accepted, unless `courierId` is `null`. */
    async place({
      customerId = randomUUID(),
      courierId = randomUUID(),
    }: {
      customerId?: string;
      courierId?: string | null;
    } = {}): Promise<TestOrder> {
      const { rows } = await pool.query<{ id: string }>(
        `INSERT INTO orders.orders
           (customer_id, restaurant_id, total_cents, idempotency_key, request_digest)
         VALUES ($1, gen_random_uuid(), 1000, gen_random_uuid(), 'digest') RETURNING id`,
        [customerId],
      );
      const orderId = rows[0]?.id ?? '';
      if (courierId !== null) {
        await pool.query(
          `INSERT INTO couriers.assignments (order_id, courier_id, status, estimated_delivery_at)
           VALUES ($1, $2, 'accepted', now())`,
          [orderId, courierId],
        );
      }
      return { orderId, customerId, courierId: courierId ?? '' };
    },
    /** Changes the status, and publishes the change. */
    async change({ orderId }: TestOrder, status: string): Promise<void> {
      const update = 'UPDATE orders.orders SET status = $2, version = version + 1 WHERE id = $1';
      await pool.query(update, [orderId, status]);
      await announce(orderId, 'order.status_changed');
    },
    async reassign({ orderId }: TestOrder, courierId: string): Promise<void> {
      const update = 'UPDATE couriers.assignments SET courier_id = $2 WHERE order_id = $1';
      await pool.query(update, [orderId, courierId]);
      await announce(orderId, 'delivery.assigned');
    },
    /** Starts a session, as a login does; resolves to its id. */
    async addSession(userId: string): Promise<string> {
      await addUser(userId);
      const { rows } = await pool.query<{ id: string }>(
        `INSERT INTO accounts.sessions (user_id, device_id, expires_at)
         VALUES ($1, gen_random_uuid(), now() + interval '7 days') RETURNING id`,
        [userId],
      );
      return rows[0]?.id ?? '';
    },
    async block(userId: string, blockedId: string): Promise<void> {
      await addUser(userId);
      await addUser(blockedId);
      await pool.query('INSERT INTO users.blocked_users (user_id, blocked_id) VALUES ($1, $2)', [
        userId,
        blockedId,
      ]);
    },
    async hideLastSeen(userId: string): Promise<void> {
      await addUser(userId);
      await pool.query(
        'INSERT INTO users.privacy_settings (user_id, last_seen_visible) VALUES ($1, false)',
        [userId],
      );
    },
    /** The outbox's events of realtime, oldest first. */
    async messagesSent() {
      const { rows } = await pool.query<{
        payload: Record<string, string>;
        trace_context: object;
      }>(
        `SELECT payload, trace_context FROM events.outbox
         WHERE event_type = 'message.sent' ORDER BY id`,
      );
      return rows;
    },
  };
}
