import type { Pool } from 'pg';

export interface OrderFacts {
  readonly status: string;
  readonly totalCents: number;
  readonly createdAt: Date;
}

/** Undefined for users other than the order's customer and courier. */
export async function findOrderFacts(
  pool: Pool,
  userId: string,
  orderId: string,
): Promise<OrderFacts | undefined> {
  const { rows } = await pool.query<OrderFacts>(
    `SELECT status, total_cents AS "totalCents", created_at AS "createdAt" FROM orders.orders
     WHERE id = $1 AND (customer_id = $2 OR courier_id = $2)`,
    [orderId, userId],
  );
  return rows[0];
}
