import { createHash } from 'node:crypto';
import { type PublishEvent, withTransaction } from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';
import type { Pool, PoolClient } from 'pg';
import { type Order, orderColumns, orderPayload } from './order.ts';
import type { NewOrder } from './schema.ts';

/**
 * Places an order once per customer and key.
 * @returns the order, and whether this call made it
 * @throws HttpError 422 for a dish that the restaurant does not offer, or a key used for another order
 */
export type PlaceOrder = (
  customerId: string,
  order: NewOrder,
  idempotencyKey: string,
) => Promise<{ order: Order; isNew: boolean }>;

export function createPlacement(pool: Pool, publish: PublishEvent): PlaceOrder {
  return (customerId, order, key) =>
    withTransaction(pool, async (client) => {
      const prices = await readPrices(client, order);
      const digest = createHash('sha256').update(JSON.stringify(order)).digest('hex');
      const created = await insertOrder(client, { customerId, order, key, digest, prices });
      if (created === undefined) {
        return { order: await findRepeated(client, customerId, key, digest), isNew: false };
      }
      const payload = orderPayload(created);
      await publish(client, { type: 'order.placed', aggregateId: created.id, payload });
      return { order: created, isNew: true };
    });
}

type Prices = ReadonlyMap<string, number>;

interface Insertion {
  readonly customerId: string;
  readonly order: NewOrder;
  readonly key: string;
  readonly digest: string;
  readonly prices: Prices;
}

/** Resolves to undefined if the customer has used the key before. */
async function insertOrder(
  client: PoolClient,
  { customerId, order, key, digest, prices }: Insertion,
): Promise<Order | undefined> {
  const { restaurantId, items, deliveryAddress = null } = order;
  const priceOf = (dishId: string) => prices.get(dishId) ?? 0;
  const totalCents = items.reduce((sum, item) => sum + priceOf(item.dishId) * item.quantity, 0);
  const { rows } = await client.query<Order>(
    `INSERT INTO orders.orders AS o (customer_id, restaurant_id, total_cents, delivery_address,
       idempotency_key, request_digest)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (customer_id, idempotency_key) DO NOTHING RETURNING ${orderColumns}`,
    [customerId, restaurantId, totalCents, deliveryAddress, key, digest],
  );
  const [created] = rows;
  if (created === undefined) return undefined;
  await client.query(
    `INSERT INTO orders.order_items (order_id, dish_id, quantity, price_cents)
     SELECT $1, * FROM unnest($2::uuid[], $3::integer[], $4::integer[])`,
    [
      created.id,
      items.map(({ dishId }) => dishId),
      items.map(({ quantity }) => quantity),
      items.map(({ dishId }) => priceOf(dishId)),
    ],
  );
  return created;
}

async function readPrices(client: PoolClient, { restaurantId, items }: NewOrder): Promise<Prices> {
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

async function findRepeated(client: PoolClient, customerId: string, key: string, digest: string) {
  const { rows } = await client.query<Order & { digest: string }>(
    `SELECT ${orderColumns}, o.request_digest AS digest FROM orders.orders o
     WHERE o.customer_id = $1 AND o.idempotency_key = $2`,
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
