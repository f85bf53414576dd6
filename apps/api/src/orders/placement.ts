import { createHash } from 'node:crypto';
import { execute, queryRow, queryRows, withTransaction } from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';
import type { PoolClient } from 'pg';
import type { Context } from '../context.ts';
import { type Order, orderColumns, orderPayload } from './order.ts';
import type { NewOrder } from './schema.ts';

/**
 * Places an order once per customer and key.
 * @returns the order, and whether this call made it
 * @throws HttpError 422 for a dish that the restaurant does not offer, or a key used for another order
 */
export function placeOrder(
  { pool, publish }: Context,
  customerId: string,
  order: NewOrder,
  key: string,
): Promise<{ order: Order; isNew: boolean }> {
  return withTransaction(pool, async (client) => {
    const { restaurantId, items, deliveryAddress } = order;
    const prices = await readPrices(client, order);
    const totalCents = items.reduce((sum, item, at) => sum + (prices[at] ?? 0) * item.quantity, 0);
    const digest = createHash('sha256').update(JSON.stringify(order)).digest('hex');
    const created = await queryRow<Order>(client)`
      INSERT INTO orders.orders AS o (customer_id, restaurant_id, total_cents, delivery_address,
        idempotency_key, request_digest)
      VALUES (${customerId}, ${restaurantId}, ${totalCents}, ${deliveryAddress}, ${key}, ${digest})
      ON CONFLICT (customer_id, idempotency_key) DO NOTHING RETURNING ${orderColumns}`;
    if (created === undefined) {
      return { order: await findRepeated(client, customerId, key, digest), isNew: false };
    }
    const dishIds = items.map(({ dishId }) => dishId);
    const quantities = items.map(({ quantity }) => quantity);
    await execute(client)`
      INSERT INTO orders.order_items (order_id, dish_id, quantity, price_cents)
      SELECT ${created.id}, *
      FROM unnest(${dishIds}::uuid[], ${quantities}::integer[], ${prices}::integer[])`;
    const payload = orderPayload(created);
    await publish(client, { type: 'order.placed', aggregateId: created.id, payload });
    return { order: created, isNew: true };
  });
}

/** In cents, in the order of the items. */
async function readPrices(client: PoolClient, { restaurantId, items }: NewOrder) {
  const rows = await queryRows<{ id: string; priceCents: number }>(client)`
    SELECT id, price_cents AS "priceCents" FROM catalogue.dishes
    WHERE restaurant_id = ${restaurantId} AND id = ANY(${items.map(({ dishId }) => dishId)})`;
  const prices = new Map(rows.map(({ id, priceCents }) => [id, priceCents]));
  const validationErrors = items.flatMap(({ dishId }, index) => {
    const message = `Expected a dish of restaurant \`${restaurantId}\`, got \`${dishId}\`.`;
    return prices.has(dishId) ? [] : [{ field: `body.items.${index}.dishId`, message }];
  });
  if (validationErrors.length > 0) {
    throw new HttpError(422, 'Expected dishes that the restaurant offers.', {
      code: 'dish_unknown',
      validationErrors,
    });
  }
  return items.map(({ dishId }) => prices.get(dishId));
}

async function findRepeated(client: PoolClient, customerId: string, key: string, digest: string) {
  const existing = await queryRow<Order>(client)`
    SELECT ${orderColumns} FROM orders.orders o WHERE o.customer_id = ${customerId}
      AND o.idempotency_key = ${key} AND o.request_digest = ${digest}`;
  if (existing !== undefined) return existing;
  throw new HttpError(422, 'Expected a new idempotency key for another order.', {
    code: 'idempotency_key_reused',
  });
}
