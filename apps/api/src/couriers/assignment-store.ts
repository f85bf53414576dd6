import { execute, orNotFound, type Queryable, queryRow, queryRows, sql } from '@watchkeeper/galley';
import type { ClientBase, Pool } from 'pg';
import type { OrderStatus } from '../orders/state-machine.ts';

export interface Assignment {
  readonly id: string;
  readonly orderId: string;
  readonly restaurantId: string;
  readonly courierId: string | null;
  readonly status: 'offered' | 'accepted' | 'picked_up' | 'delivered' | 'cancelled';
  readonly offeredAt: string;
  readonly estimatedDeliveryAt: string;
}

const select = sql`SELECT a.id, a.order_id AS "orderId", o.restaurant_id AS "restaurantId",
    a.courier_id AS "courierId", a.status, a.offered_at AS "offeredAt",
    a.estimated_delivery_at AS "estimatedDeliveryAt"
  FROM couriers.assignments a JOIN orders.orders o ON o.id = a.order_id`;

/** Oldest first. */
export function listOffered(pool: Pool, limit: number): Promise<readonly Assignment[]> {
  return queryRows<Assignment>(pool)`
    ${select} WHERE a.status = 'offered' ORDER BY a.offered_at LIMIT ${limit}`;
}

/** Accepted and not yet delivered, oldest first. */
export function listActive(
  pool: Pool,
  limit: number,
  courierId: string,
): Promise<readonly Assignment[]> {
  return queryRows<Assignment>(pool)`
    ${select} WHERE a.courier_id = ${courierId} AND a.status IN ('accepted', 'picked_up')
    ORDER BY a.offered_at LIMIT ${limit}`;
}

/**
 * @param lock a locking clause
 * @throws HttpError 404 if it is unknown
 */
export async function findAssignment(
  queryable: Queryable,
  id: string,
  lock = sql``,
): Promise<Assignment> {
  const found = await queryRow<Assignment>(queryable)`${select} WHERE a.id = ${id} ${lock}`;
  return orNotFound(found, 'assignment', id);
}

export async function lockAssignmentOf(client: ClientBase, orderId: string): Promise<void> {
  await execute(client)`SELECT FROM couriers.assignments WHERE order_id = ${orderId} FOR UPDATE`;
}

/** Requires the lock of the assignment. */
export async function assignTo(client: ClientBase, { id, orderId }: Assignment, courierId: string) {
  await execute(client)`
    UPDATE couriers.assignments
    SET status = 'accepted', courier_id = ${courierId}, accepted_at = now() WHERE id = ${id}`;
  // The version stays: a courier does not change which transitions are allowed.
  await execute(client)`
    UPDATE orders.orders SET courier_id = ${courierId}, updated_at = now() WHERE id = ${orderId}`;
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
