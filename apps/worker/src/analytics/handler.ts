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

type RollUp = (event: OutboxEvent, client: ClientBase) => Promise<void>;

// All lock their rows in the order of hours, restaurants, dishes, customers, so that no two deadlock.
const rollUps: ByEventType<RollUp> = {
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
  await addToHour(client, hour, 'orders', 1);
  await addToRestaurant(client, hour, restaurantId, 'orders', 1);
  // An order's items never change, so they can be read later.
  await client.query(
    `INSERT INTO analytics.dish_hours AS known (hour, dish_id, quantity, sold_cents)
     SELECT $1, dish_id, quantity, quantity * price_cents
     FROM orders.order_items WHERE order_id = $2 ORDER BY dish_id
     ON CONFLICT (hour, dish_id) DO UPDATE SET quantity = known.quantity + excluded.quantity,
       sold_cents = known.sold_cents + excluded.sold_cents`,
    [hour, orderId],
  );
  await client.query(
    `INSERT INTO analytics.customers AS known (customer_id, orders, last_order_at)
     VALUES ($1, 1, $2)
     ON CONFLICT (customer_id) DO UPDATE SET orders = known.orders + 1,
       last_order_at = GREATEST(known.last_order_at, excluded.last_order_at)`,
    [customerId, at ?? event.createdAt],
  );
}

async function addOutcome(event: OutboxEvent, client: ClientBase): Promise<void> {
  const { status, at } = readPayload(order, event);
  if (status !== 'delivered' && status !== 'cancelled') return;
  await addToHour(client, hourOf(event, at), status, 1);
}

async function addMoney(
  column: 'captured_cents' | 'refunded_cents',
  event: OutboxEvent,
  client: ClientBase,
): Promise<void> {
  const { customerId, restaurantId, amountCents, at } = readPayload(payment, event);
  const hour = hourOf(event, at);
  await addToHour(client, hour, column, amountCents);
  await addToRestaurant(client, hour, restaurantId, column, amountCents);
  await client.query(
    `INSERT INTO analytics.customers AS known (customer_id, ${column}) VALUES ($1, $2)
     ON CONFLICT (customer_id) DO UPDATE SET ${column} = known.${column} + excluded.${column}`,
    [customerId, amountCents],
  );
}

type HourColumn = 'orders' | 'delivered' | 'cancelled' | 'captured_cents' | 'refunded_cents';

async function addToHour(client: ClientBase, hour: Date, column: HourColumn, amount: number) {
  await client.query(
    `INSERT INTO analytics.hours AS known (hour, ${column}) VALUES ($1, $2)
     ON CONFLICT (hour) DO UPDATE SET ${column} = known.${column} + excluded.${column}`,
    [hour, amount],
  );
}

async function addToRestaurant(
  client: ClientBase,
  hour: Date,
  restaurantId: string,
  column: 'orders' | 'captured_cents' | 'refunded_cents',
  amount: number,
) {
  await client.query(
    `INSERT INTO analytics.restaurant_hours AS known (hour, restaurant_id, ${column})
     VALUES ($1, $2, $3)
     ON CONFLICT (hour, restaurant_id)
     DO UPDATE SET ${column} = known.${column} + excluded.${column}`,
    [hour, restaurantId, amount],
  );
}

/** The start of the hour, in UTC. */
function hourOf({ createdAt }: OutboxEvent, at: string | undefined): Date {
  const moment = at === undefined ? new Date(createdAt) : new Date(at);
  moment.setUTCMinutes(0, 0, 0);
  return moment;
}
