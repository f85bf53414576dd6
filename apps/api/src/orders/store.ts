import { createHash } from 'node:crypto';
import { withTransaction } from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';
import type { Pool, PoolClient } from 'pg';
import type { NewOrder } from './schema.ts';
import type { OrderStatus } from './state-machine.ts';

/** An order as the api answers it; money in cents. */
export interface Order {
  readonly id: string;
  readonly customerId: string;
  readonly restaurantId: string;
  readonly status: OrderStatus;
  readonly version: number;
  readonly totalCents: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Keeps orders. */
export interface OrderStore {
  /**
   * Places an order once per key.
   * @returns the order, and whether this call made it
   * @throws HttpError 422 for a dish the restaurant lacks, or a key used for another order
   */
  create(order: NewOrder, idempotencyKey: string): Promise<{ order: Order; isNew: boolean }>;
  find(id: string): Promise<Order | undefined>;
  /** Changes the status if the order still has `version`; else resolves to nothing. */
  changeStatus(id: string, version: number, to: OrderStatus): Promise<Order | undefined>;
}

const columns = `id, customer_id AS "customerId", restaurant_id AS "restaurantId", status, version,
  total_cents AS "totalCents", created_at AS "createdAt", updated_at AS "updatedAt"`;

/** Makes the store over the `orders` schema. */
export function createOrderStore(pool: Pool): OrderStore {
  return {
    create: (order, key) => withTransaction(pool, (client) => createOnce(client, order, key)),
    async find(id) {
      const { rows } = await pool.query<Order>(
        `SELECT ${columns} FROM orders.orders WHERE id = $1`,
        [id],
      );
      return rows[0];
    },
    async changeStatus(id, version, to) {
      const { rows } = await pool.query<Order>(
        `UPDATE orders.orders SET status = $3, version = version + 1, updated_at = now()
         WHERE id = $1 AND version = $2 RETURNING ${columns}`,
        [id, version, to],
      );
      return rows[0];
    },
  };
}

async function createOnce(
  client: PoolClient,
  order: NewOrder,
  key: string,
): Promise<{ order: Order; isNew: boolean }> {
  const prices = await readPrices(client, order);
  const totalCents = order.items.reduce(
    (sum, { dishId, quantity }) => sum + (prices.get(dishId) ?? 0) * quantity,
    0,
  );
  const digest = createHash('sha256').update(JSON.stringify(order)).digest('hex');
  const inserted = await client.query<Order>(
    `INSERT INTO orders.orders
       (customer_id, restaurant_id, total_cents, idempotency_key, request_digest)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (customer_id, idempotency_key) DO NOTHING RETURNING ${columns}`,
    [order.customerId, order.restaurantId, totalCents, key, digest],
  );
  const [created] = inserted.rows;
  if (created === undefined) {
    return { order: await findRepeated(client, order, key, digest), isNew: false };
  }
  await client.query(
    `INSERT INTO orders.order_items (order_id, dish_id, quantity, price_cents)
     SELECT $1, * FROM unnest($2::uuid[], $3::integer[], $4::integer[])`,
    [
      created.id,
      order.items.map(({ dishId }) => dishId),
      order.items.map(({ quantity }) => quantity),
      order.items.map(({ dishId }) => prices.get(dishId)),
    ],
  );
  return { order: created, isNew: true };
}

async function readPrices(
  client: PoolClient,
  { restaurantId, items }: NewOrder,
): Promise<Map<string, number>> {
  const { rows } = await client.query<{ id: string; price_cents: number }>(
    'SELECT id, price_cents FROM catalogue.dishes WHERE restaurant_id = $1 AND id = ANY($2)',
    [restaurantId, items.map(({ dishId }) => dishId)],
  );
  const prices = new Map(rows.map(({ id, price_cents }) => [id, price_cents]));
  const validationErrors = items.flatMap(({ dishId }, index) =>
    prices.has(dishId)
      ? []
      : [
          {
            field: `body.items.${index}.dishId`,
            message: `Expected a dish of restaurant \`${restaurantId}\`, got \`${dishId}\`.`,
          },
        ],
  );
  if (validationErrors.length > 0) {
    throw new HttpError(422, 'Expected dishes that the restaurant offers.', {
      code: 'dish_unknown',
      validationErrors,
    });
  }
  return prices;
}

async function findRepeated(
  client: PoolClient,
  { customerId }: NewOrder,
  key: string,
  digest: string,
): Promise<Order> {
  const { rows } = await client.query<Order & { digest: string }>(
    `SELECT ${columns}, request_digest AS digest FROM orders.orders
     WHERE customer_id = $1 AND idempotency_key = $2`,
    [customerId, key],
  );
  const [existing] = rows;
  if (existing === undefined || existing.digest !== digest) {
    throw new HttpError(422, 'Expected a new idempotency key for another order.', {
      code: 'idempotency_key_reused',
    });
  }
  const { digest: _, ...order } = existing;
  return order;
}
