import { HttpError } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';

/** An order as far as realtime needs to know it. */
export interface TrackedOrder {
  readonly orderId: string;
  readonly customerId: string;
  /** Absent until a courier has accepted it. */
  readonly courierId?: string | undefined;
  readonly status: string;
  readonly version: number;
}

/** Who belongs to an order. The orders themselves are the api's. */
export interface OrderParties {
  find(orderId: string): Promise<TrackedOrder | undefined>;
  findAll(orderIds: readonly string[]): Promise<readonly TrackedOrder[]>;
  /** Those of `others` with whom a user has an order in common, less those who have blocked the user. */
  counterpartsOf(userId: string, others: readonly string[]): Promise<ReadonlySet<string>>;
  /** Whether `otherId` has blocked the user, and wants to hear nothing of them. */
  isBlockedBy(userId: string, otherId: string): Promise<boolean>;
}

/** Whether a user is the customer or the courier of an order. */
export function isParty(
  { customerId, courierId }: Pick<TrackedOrder, 'customerId' | 'courierId'>,
  userId: string,
): boolean {
  return customerId === userId || courierId === userId;
}

/**
 * The order, for one of its parties only.
 * @throws HttpError 404 for anybody else, who shall not learn whether the order exists
 */
export async function orderOfParty(
  parties: OrderParties,
  orderId: string,
  userId: string,
): Promise<TrackedOrder> {
  const order = await parties.find(orderId);
  if (order !== undefined && isParty(order, userId)) return order;
  throw new HttpError(404, 'Expected an order of yours, got none with this id.', {
    code: 'order_not_found',
  });
}

/** Reads the api's tables `orders.orders`, `couriers.assignments` and `users.blocked_users`. */
export function createOrderParties(pool: Pool): OrderParties {
  async function findAll(orderIds: readonly string[]): Promise<readonly TrackedOrder[]> {
    const { rows } = await pool.query<TrackedOrder & { courierId: string | null }>(
      `SELECT o.id AS "orderId", o.customer_id AS "customerId", a.courier_id AS "courierId",
              o.status, o.version
       FROM orders.orders o LEFT JOIN couriers.assignments a ON a.order_id = o.id
       WHERE o.id = ANY($1::uuid[])`,
      [orderIds],
    );
    return rows.map((row) => ({ ...row, courierId: row.courierId ?? undefined }));
  }

  return {
    findAll,
    find: async (orderId) => (await findAll([orderId]))[0],
    async counterpartsOf(userId, others) {
      const { rows } = await pool.query<{ id: string }>(
        `(SELECT a.courier_id AS id
          FROM orders.orders o JOIN couriers.assignments a ON a.order_id = o.id
          WHERE o.customer_id = $1 AND a.courier_id = ANY($2::uuid[])
          UNION
          SELECT o.customer_id
          FROM couriers.assignments a JOIN orders.orders o ON o.id = a.order_id
          WHERE a.courier_id = $1 AND o.customer_id = ANY($2::uuid[]))
         EXCEPT SELECT user_id FROM users.blocked_users WHERE blocked_id = $1`,
        [userId, others],
      );
      return new Set(rows.map(({ id }) => id));
    },
    async isBlockedBy(userId, otherId) {
      const { rowCount } = await pool.query(
        'SELECT FROM users.blocked_users WHERE user_id = $2 AND blocked_id = $1',
        [userId, otherId],
      );
      return rowCount === 1;
    },
  };
}
