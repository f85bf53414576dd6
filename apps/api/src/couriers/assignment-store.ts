import type { ClientBase, Pool } from 'pg';
import type { OrderStatus } from '../orders/state-machine.ts';

export type AssignmentStatus = 'offered' | 'accepted' | 'picked_up' | 'delivered' | 'cancelled';

export interface Assignment {
  readonly id: string;
  readonly orderId: string;
  readonly restaurantId: string;
  readonly courierId: string | null;
  readonly status: AssignmentStatus;
  readonly offeredAt: string;
  readonly estimatedDeliveryAt: string;
}

const columns = `a.id, a.order_id AS "orderId", o.restaurant_id AS "restaurantId",
  a.courier_id AS "courierId", a.status, a.offered_at AS "offeredAt",
  a.estimated_delivery_at AS "estimatedDeliveryAt"`;
const source = 'couriers.assignments a JOIN orders.orders o ON o.id = a.order_id';

const offeredStatement = `SELECT ${columns} FROM ${source}
  WHERE a.status = 'offered' ORDER BY a.offered_at LIMIT $1`;

const activeStatement = `SELECT ${columns} FROM ${source}
  WHERE a.courier_id = $2 AND a.status IN ('accepted', 'picked_up')
  ORDER BY a.offered_at LIMIT $1`;

/** Oldest first. */
export async function listOffered(pool: Pool, limit: number): Promise<readonly Assignment[]> {
  return (await pool.query<Assignment>(offeredStatement, [limit])).rows;
}

/** Accepted and not yet delivered, oldest first. */
export async function listActive(
  pool: Pool,
  limit: number,
  courierId: string,
): Promise<readonly Assignment[]> {
  return (await pool.query<Assignment>(activeStatement, [limit, courierId])).rows;
}

export async function findAssignment(pool: Pool, id: string): Promise<Assignment | undefined> {
  const { rows } = await pool.query<Assignment>(
    `SELECT ${columns} FROM ${source} WHERE a.id = $1`,
    [id],
  );
  return rows[0];
}

/** Locks the row until the transaction ends. */
export async function lockAssignment(
  client: ClientBase,
  id: string,
): Promise<Assignment | undefined> {
  const { rows } = await client.query<Assignment>(
    `SELECT ${columns} FROM ${source} WHERE a.id = $1 FOR UPDATE OF a`,
    [id],
  );
  return rows[0];
}

export async function lockAssignmentOf(client: ClientBase, orderId: string): Promise<void> {
  await client.query('SELECT FROM couriers.assignments WHERE order_id = $1 FOR UPDATE', [orderId]);
}

/** Requires the lock of the assignment. */
export async function giveTo(
  client: ClientBase,
  { id, orderId }: Assignment,
  courierId: string,
): Promise<void> {
  await client.query(
    `UPDATE couriers.assignments SET status = 'accepted', courier_id = $2, accepted_at = now()
     WHERE id = $1`,
    [id, courierId],
  );
  // The version stays: who delivers does not change what may become of the order.
  await client.query('UPDATE orders.orders SET courier_id = $2, updated_at = now() WHERE id = $1', [
    orderId,
    courierId,
  ]);
}

// What a customer is told when the kitchen begins.
const estimatedMinutes = 45;

const followingStatements: Partial<Record<OrderStatus, string>> = {
  preparing: `INSERT INTO couriers.assignments (order_id, estimated_delivery_at)
    VALUES ($1, now() + interval '${estimatedMinutes} minutes')`,
  delivering: `UPDATE couriers.assignments SET status = 'picked_up', picked_up_at = now()
    WHERE order_id = $1`,
  delivered: `UPDATE couriers.assignments SET status = 'delivered', delivered_at = now()
    WHERE order_id = $1`,
  cancelled: "UPDATE couriers.assignments SET status = 'cancelled' WHERE order_id = $1",
};

/** Updates the delivery after its order's status changed. */
export async function followOrder(
  client: ClientBase,
  orderId: string,
  status: OrderStatus,
): Promise<void> {
  const statement = followingStatements[status];
  if (statement !== undefined) await client.query(statement, [orderId]);
}
