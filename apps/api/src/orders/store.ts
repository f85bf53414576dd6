import type { Pool } from 'pg';
import { notFound } from '../http/resource.ts';
import { type Order, type OrderDetails, orderColumns } from './order.ts';

export interface OrderPage {
  readonly of: 'customer' | 'courier' | 'restaurant';
  readonly ownerId: string;
  readonly limit: number;
  /** Orders older than this one. */
  readonly after?: string | undefined;
}

export type OrderStore = ReturnType<typeof createOrderStore>;

export function createOrderStore(pool: Pool) {
  async function findBy<T extends Order>(statement: string, id: string): Promise<T> {
    const { rows } = await pool.query<T>(statement, [id]);
    if (rows[0] === undefined) throw notFound('order', id);
    return rows[0];
  }
  return {
    /** @throws HttpError 404 if it is unknown */
    find: (id: string) =>
      findBy<Order>(`SELECT ${orderColumns} FROM orders.orders o WHERE o.id = $1`, id),
    /** @throws HttpError 404 if it is unknown */
    findDetails: (id: string) => findBy<OrderDetails>(detailsStatement, id),
    /** Newest first. */
    async list({ of, ownerId, limit, after }: OrderPage): Promise<readonly Order[]> {
      const parameters = after === undefined ? [ownerId, limit] : [ownerId, limit, after];
      const { rows } = await pool.query<Order>(listStatement(of, after !== undefined), parameters);
      return rows;
    },
  };
}

const detailsStatement = `SELECT ${orderColumns},
    (SELECT json_agg(json_build_object('dishId', i.dish_id, 'quantity', i.quantity,
       'priceCents', i.price_cents) ORDER BY i.dish_id)
     FROM orders.order_items i WHERE i.order_id = o.id) AS items,
    (SELECT json_build_object('id', p.id, 'method', p.method, 'status', p.status)
     FROM payments.payments p WHERE p.order_id = o.id
     ORDER BY p.created_at DESC LIMIT 1) AS payment,
    (SELECT json_build_object('id', a.id, 'status', a.status)
     FROM couriers.assignments a WHERE a.order_id = o.id) AS assignment
  FROM orders.orders o WHERE o.id = $1`;

function listStatement(of: OrderPage['of'], isContinued: boolean): string {
  const older = `AND (o.created_at, o.id) <
    (SELECT last.created_at, last.id FROM orders.orders last WHERE last.id = $3)`;
  return `SELECT ${orderColumns} FROM orders.orders o
    WHERE o.${of}_id = $1 ${isContinued ? older : ''}
    ORDER BY o.created_at DESC, o.id DESC LIMIT $2`;
}
