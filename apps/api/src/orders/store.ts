import { orNotFound, type Queryable, queryRow, queryRows, raw, sql } from '@watchkeeper/galley';
import type { Pool } from 'pg';
import { type Order, orderColumns } from './order.ts';

interface OrderDetails extends Order {
  readonly items: readonly { dishId: string; quantity: number; priceCents: number }[];
  /** The latest payment. */
  readonly payment: { id: string; method: string; status: string } | null;
  readonly assignment: { id: string; status: string } | null;
}

export interface OrderPage {
  readonly of: 'customer' | 'courier' | 'restaurant';
  readonly ownerId: string;
  readonly limit: number;
  /** Orders older than this one. */
  readonly after?: string | undefined;
}

/** @throws HttpError 404 if it is unknown */
export async function findOrder(queryable: Queryable, id: string): Promise<Order> {
  const order = await queryRow<Order>(queryable)`
    SELECT ${orderColumns} FROM orders.orders o WHERE o.id = ${id}`;
  return orNotFound(order, 'order', id);
}

/** @throws HttpError 404 if it is unknown */
export async function findOrderDetails(pool: Pool, id: string): Promise<OrderDetails> {
  const details = await queryRow<OrderDetails>(pool)`
    SELECT ${orderColumns},
      (SELECT json_agg(json_build_object('dishId', i.dish_id, 'quantity', i.quantity,
         'priceCents', i.price_cents) ORDER BY i.dish_id)
       FROM orders.order_items i WHERE i.order_id = o.id) AS items,
      (SELECT json_build_object('id', p.id, 'method', p.method, 'status', p.status)
       FROM payments.payments p WHERE p.order_id = o.id
       ORDER BY p.created_at DESC LIMIT 1) AS payment,
      (SELECT json_build_object('id', a.id, 'status', a.status)
       FROM couriers.assignments a WHERE a.order_id = o.id) AS assignment
    FROM orders.orders o WHERE o.id = ${id}`;
  return orNotFound(details, 'order', id);
}

/** Newest first. */
export function listOrders(pool: Pool, { of, ownerId, limit, after }: OrderPage): Promise<Order[]> {
  const older = sql`AND (o.created_at, o.id) <
    (SELECT last.created_at, last.id FROM orders.orders last WHERE last.id = ${after})`;
  return queryRows<Order>(pool)`
    SELECT ${orderColumns} FROM orders.orders o
    WHERE o.${raw(of)}_id = ${ownerId} ${after === undefined ? sql`` : older}
    ORDER BY o.created_at DESC, o.id DESC LIMIT ${limit}`;
}
