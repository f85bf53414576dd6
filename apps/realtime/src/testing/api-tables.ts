import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';

/** An order with its parties. */
export interface TestOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly courierId: string;
}

/** What the api does to its tables, as far as realtime sees it. */
export interface ApiTables {
  /** Places an order and has a courier accept it, unless that is `null`. */
  place(parties?: { customerId?: string; courierId?: string | null }): Promise<TestOrder>;
  /** Changes the status, and tells it in the same transaction. */
  change(order: TestOrder, status: string): Promise<void>;
  /** Gives the order to another courier. */
  reassign(order: TestOrder, courierId: string): Promise<void>;
  /** Ends a session, as a logout does. */
  revoke(session: { userId: string; sessionId: string }): Promise<void>;
  /** Has a user block another. */
  block(userId: string, blockedId: string): Promise<void>;
  /** Has a user keep to themselves when they were there last. */
  hideLastSeen(userId: string): Promise<void>;
  /** The outbox's events of realtime, oldest first. */
  messagesSent(): Promise<readonly { payload: Record<string, string>; trace_context: object }[]>;
}

/** Works on the real schema, without the api. */
export function createApiTables(pool: Pool): ApiTables {
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
    async place({ customerId = randomUUID(), courierId = randomUUID() } = {}) {
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
    async change({ orderId }, status) {
      const update = 'UPDATE orders.orders SET status = $2, version = version + 1 WHERE id = $1';
      await pool.query(update, [orderId, status]);
      await announce(orderId, 'order.status_changed');
    },
    async reassign({ orderId }, courierId) {
      const update = 'UPDATE couriers.assignments SET courier_id = $2 WHERE order_id = $1';
      await pool.query(update, [orderId, courierId]);
      await announce(orderId, 'delivery.assigned');
    },
    async revoke({ userId, sessionId }) {
      await addUser(userId);
      await pool.query(
        `INSERT INTO accounts.sessions (id, user_id, device_id, expires_at, revoked_at)
         VALUES ($1, $2, 'phone', now() + interval '7 days', now())`,
        [sessionId, userId],
      );
    },
    async block(userId, blockedId) {
      await addUser(userId);
      await addUser(blockedId);
      await pool.query('INSERT INTO users.blocked_users (user_id, blocked_id) VALUES ($1, $2)', [
        userId,
        blockedId,
      ]);
    },
    async hideLastSeen(userId) {
      await addUser(userId);
      await pool.query(
        'INSERT INTO users.privacy_settings (user_id, last_seen_visible) VALUES ($1, false)',
        [userId],
      );
    },
    async messagesSent() {
      const { rows } = await pool.query(
        `SELECT payload, trace_context FROM events.outbox
         WHERE event_type = 'message.sent' ORDER BY id`,
      );
      return rows;
    },
  };
}
