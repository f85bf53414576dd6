import { HttpError } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { type Order, type OrderDetails, orderColumns } from './order.ts';

export interface OrderPage {
  readonly of: 'customer' | 'courier' | 'restaurant';
  readonly ownerId: string;
  readonly limit: number;
  /** Orders older than this one. */
  readonly after?: string | undefined;
}

export interface OrderStore {
  /** @throws HttpError 404 when there is none */
  find(id: string): Promise<Order>;
  /** @throws HttpError 404 when there is none */
  findDetails(id: string): Promise<OrderDetails>;
  /** Newest first. */
  list(page: OrderPage): Promise<readonly Order[]>;
}

export function createOrderStore(pool: Pool): OrderStore {
  async function findBy<T extends Order>(statement: string, id: string): Promise<T> {
    const { rows } = await pool.query<T>(statement, [id]);
    if (rows[0] === undefined) throw unknownOrder(id);
    return rows[0];
  }
  return {
    find: (id) => findBy(`SELECT ${orderColumns} FROM orders.orders o WHERE o.id = $1`, id),
    findDetails: (id) => findBy(detailsStatement, id),
    async list({ of, ownerId, limit, after }) {
      const parameters = after === undefined ? [ownerId, limit] : [ownerId, limit, after];
      const { rows } = await pool.query<Order>(listStatement(of, after !== undefined), parameters);
      return rows;
    },
  };
}

/** For an order that is unknown or not visible to the caller. */
export function unknownOrder(id: string): HttpError {
  return new HttpError(404, `There is no order \`${id}\`.`, { code: 'order_unknown' });
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
