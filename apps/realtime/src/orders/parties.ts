import { execute, queryRows } from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';

export interface TrackedOrder {
  readonly orderId: string;
  readonly customerId: string;
  /** Absent until a courier has accepted the order. */
  readonly courierId?: string | undefined;
  readonly status: string;
  readonly version: number;
}

export type OrderParties = ReturnType<typeof createOrderParties>;

/** Whether a user is the customer or the courier of an order. */
export function isParty(
  { customerId, courierId }: Pick<TrackedOrder, 'customerId' | 'courierId'>,
  userId: string,
): boolean {
  return customerId === userId || courierId === userId;
}

/** @throws HttpError 404 for anybody but a party, who must not learn whether the order exists */
export async function findOrderForParty(
  parties: Pick<OrderParties, 'find'>,
  orderId: string,
  userId: string,
): Promise<TrackedOrder> {
  const order = await parties.find(orderId);
  if (order !== undefined && isParty(order, userId)) return order;
  throw new HttpError(404, 'You have no order with this id.', { code: 'order_not_found' });
}

/** Reads the api's tables `orders.orders`, `couriers.assignments` and `users.blocked_users`. */
export function createOrderParties(pool: Pool) {
  async function findAll(orderIds: readonly string[]): Promise<readonly TrackedOrder[]> {
    const rows = await queryRows<TrackedOrder & { courierId: string | null }>(pool)`
      SELECT o.id AS "orderId", o.customer_id AS "customerId", a.courier_id AS "courierId",
        o.status, o.version
      FROM orders.orders o LEFT JOIN couriers.assignments a ON a.order_id = o.id
      WHERE o.id = ANY(${orderIds}::uuid[])`;
    return rows.map((row) => ({ ...row, courierId: row.courierId ?? undefined }));
  }

  return {
    findAll,
    find: async (orderId: string) => (await findAll([orderId]))[0],
    /** Those of `others` who share an order with the user and have not blocked them. */
    async counterpartsOf(userId: string, others: readonly string[]): Promise<ReadonlySet<string>> {
      const rows = await queryRows<{ id: string }>(pool)`
        (SELECT a.courier_id AS id
         FROM orders.orders o JOIN couriers.assignments a ON a.order_id = o.id
         WHERE o.customer_id = ${userId} AND a.courier_id = ANY(${others}::uuid[])
         UNION
         SELECT o.customer_id
         FROM couriers.assignments a JOIN orders.orders o ON o.id = a.order_id
         WHERE a.courier_id = ${userId} AND o.customer_id = ANY(${others}::uuid[]))
        EXCEPT SELECT user_id FROM users.blocked_users WHERE blocked_id = ${userId}`;
      return new Set(rows.map(({ id }) => id));
    },
    async isBlockedBy(userId: string, otherId: string): Promise<boolean> {
      const found = await execute(pool)`
        SELECT FROM users.blocked_users WHERE user_id = ${otherId} AND blocked_id = ${userId}`;
      return found === 1;
    },
  };
}
