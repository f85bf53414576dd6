import { execute, join, raw } from '@watchkeeper/galley';
import type { ClientBase } from 'pg';
import { z } from 'zod';
import {
  type ByEventType,
  findByType,
  type Handler,
  type OutboxEvent,
  readPayload,
} from '../outbox/event.ts';

const parties = { orderId: z.uuid(), customerId: z.uuid(), restaurantId: z.uuid() };
// `createdAt` is the default.
const at = z.iso.datetime({ offset: true }).optional();
const order = z.object({ ...parties, status: z.string(), at });
const payment = z.object({ ...parties, amountCents: z.number().int().min(1), at });

// All lock their rows in the order of hours, restaurants, dishes, customers, so that no two deadlock.
const rollUps: ByEventType<Handler['handle']> = {
  'order.placed': addOrder,
  'order.status_changed': addOutcome,
  'payment.captured': (event, client) => addMoney('captured_cents', event, client),
  'payment.refunded': (event, client) => addMoney('refunded_cents', event, client),
};

/** Adds each event to the totals of its hour. */
export const analyticsHandler: Handler = {
  name: 'analytics',
  isFor: (eventType) => findByType(rollUps, eventType) !== undefined,
  async handle(event, client) {
    await findByType(rollUps, event.type)?.(event, client);
  },
};

async function addOrder(event: OutboxEvent, client: ClientBase): Promise<void> {
  const { orderId, customerId, restaurantId, at } = readPayload(order, event);
  const hour = hourOf(event, at);
  await addTo(client, 'hours', { hour }, 'orders', 1);
  await addTo(client, 'restaurant_hours', { hour, restaurant_id: restaurantId }, 'orders', 1);
  // An order's items never change, so they can be read later.
  await execute(client)`
    INSERT INTO analytics.dish_hours AS known (hour, dish_id, quantity, sold_cents)
    SELECT ${hour}, dish_id, quantity, quantity * price_cents
    FROM orders.order_items WHERE order_id = ${orderId} ORDER BY dish_id
    ON CONFLICT (hour, dish_id) DO UPDATE SET quantity = known.quantity + excluded.quantity,
      sold_cents = known.sold_cents + excluded.sold_cents`;
  await execute(client)`
    INSERT INTO analytics.customers AS known (customer_id, orders, last_order_at)
    VALUES (${customerId}, 1, ${at ?? event.createdAt})
    ON CONFLICT (customer_id) DO UPDATE SET orders = known.orders + 1,
      last_order_at = GREATEST(known.last_order_at, excluded.last_order_at)`;
}

async function addOutcome(event: OutboxEvent, client: ClientBase): Promise<void> {
  const { status, at } = readPayload(order, event);
  if (status !== 'delivered' && status !== 'cancelled') return;
  await addTo(client, 'hours', { hour: hourOf(event, at) }, status, 1);
}

async function addMoney(
  column: 'captured_cents' | 'refunded_cents',
  event: OutboxEvent,
  client: ClientBase,
): Promise<void> {
  const { customerId, restaurantId, amountCents, at } = readPayload(payment, event);
  const hour = hourOf(event, at);
  const ofRestaurant = { hour, restaurant_id: restaurantId };
  await addTo(client, 'hours', { hour }, column, amountCents);
  await addTo(client, 'restaurant_hours', ofRestaurant, column, amountCents);
  await addTo(client, 'customers', { customer_id: customerId }, column, amountCents);
}

type Column = 'orders' | 'delivered' | 'cancelled' | 'captured_cents' | 'refunded_cents';

/** The keys of each table's rows. */
interface Keys {
  readonly hours: { readonly hour: Date };
  readonly restaurant_hours: { readonly hour: Date; readonly restaurant_id: string };
  readonly customers: { readonly customer_id: string };
}

/** Adds to a total in the row with these keys; without one, it creates the row. */
async function addTo<Table extends keyof Keys>(
  client: ClientBase,
  table: Table,
  keys: Keys[Table],
  column: Column,
  amount: number,
): Promise<void> {
  const [keyColumns, total] = [raw(Object.keys(keys).join(', ')), raw(column)];
  await execute(client)`
    INSERT INTO analytics.${raw(table)} AS known (${keyColumns}, ${total})
    VALUES (${join(Object.values(keys))}, ${amount})
    ON CONFLICT (${keyColumns}) DO UPDATE SET ${total} = known.${total} + excluded.${total}`;
}

/** The start of the hour, in UTC. */
function hourOf({ createdAt }: OutboxEvent, at: string | undefined): Date {
  const moment = new Date(at ?? createdAt);
  moment.setUTCMinutes(0, 0, 0);
  return moment;
}
