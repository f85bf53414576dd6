import type { ClientBase, Pool } from 'pg';
import type { Queryable } from '../ledger/wallets.ts';
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

/** Oldest first. */
export async function listOffered(pool: Pool, limit: number): Promise<readonly Assignment[]> {
  return find(pool, "WHERE a.status = 'offered' ORDER BY a.offered_at LIMIT $1", [limit]);
}

/** Accepted and not yet delivered, oldest first. */
export async function listActive(
  pool: Pool,
  limit: number,
  courierId: string,
): Promise<readonly Assignment[]> {
  const isActive = "a.courier_id = $2 AND a.status IN ('accepted', 'picked_up')";
  return find(pool, `WHERE ${isActive} ORDER BY a.offered_at LIMIT $1`, [limit, courierId]);
}

export async function findAssignment(pool: Pool, id: string): Promise<Assignment | undefined> {
  return (await find(pool, 'WHERE a.id = $1', [id]))[0];
}

/** Locks the row until the transaction ends. */
export async function lockAssignment(client: ClientBase, id: string) {
  return (await find(client, 'WHERE a.id = $1 FOR UPDATE OF a', [id]))[0];
}

async function find(queryable: Queryable, clause: string, parameters: unknown[]) {
  const statement = `SELECT ${columns} FROM ${source} ${clause}`;
  return (await queryable.query<Assignment>(statement, parameters)).rows;
}

export async function lockAssignmentOf(client: ClientBase, orderId: string): Promise<void> {
  await client.query('SELECT FROM couriers.assignments WHERE order_id = $1 FOR UPDATE', [orderId]);
}

/** Requires the lock of the assignment. */
export async function assignTo(client: ClientBase, { id, orderId }: Assignment, courierId: string) {
  await client.query(
    `UPDATE couriers.assignments SET status = 'accepted', courier_id = $2, accepted_at = now()
     WHERE id = $1`,
    [id, courierId],
  );
  // The version stays: a courier does not change which transitions are allowed.
  await client.query('UPDATE orders.orders SET courier_id = $2, updated_at = now() WHERE id = $1', [
    orderId,
    courierId,
  ]);
}

// Estimated for the customer when preparation starts.
const estimatedMinutes = 45;

const statusStatements: Partial<Record<OrderStatus, string>> = {
  preparing: `INSERT INTO couriers.assignments (order_id, estimated_delivery_at)
    VALUES ($1, now() + interval '${estimatedMinutes} minutes')`,
  delivering: `UPDATE couriers.assignments SET status = 'picked_up', picked_up_at = now()
    WHERE order_id = $1`,
  delivered: `UPDATE couriers.assignments SET status = 'delivered', delivered_at = now()
    WHERE order_id = $1`,
  cancelled: "UPDATE couriers.assignments SET status = 'cancelled' WHERE order_id = $1",
};

/** Updates the delivery after its order's status changed. */
export async function updateForOrder(client: ClientBase, orderId: string, status: OrderStatus) {
  const statement = statusStatements[status];
  if (statement !== undefined) await client.query(statement, [orderId]);
}
