import { queryRows } from '@watchkeeper/galley';
import type { Pool } from 'pg';

/** A half-open range: without `to`. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

// Sums of cents, as floats, stay exact up to ninety thousand billion.

/** Oldest first. */
export function listHours(pool: Pool, { from, to }: Period) {
  return queryRows(pool)`
    SELECT hour, orders, delivered, cancelled, captured_cents::float AS "capturedCents",
      refunded_cents::float AS "refundedCents"
    FROM analytics.hours WHERE hour >= ${from} AND hour < ${to} ORDER BY hour`;
}

/** By captured money, descending. */
export function listRestaurants(pool: Pool, { from, to }: Period, limit: number) {
  return queryRows(pool)`
    SELECT restaurant_id AS "restaurantId", name, sum(orders)::integer AS orders,
      sum(captured_cents)::float AS "capturedCents", sum(refunded_cents)::float AS "refundedCents"
    FROM analytics.restaurant_hours LEFT JOIN catalogue.restaurants ON id = restaurant_id
    WHERE hour >= ${from} AND hour < ${to} GROUP BY restaurant_id, name
    ORDER BY "capturedCents" DESC, restaurant_id LIMIT ${limit}`;
}

/** By quantity, descending. */
export function listDishes(pool: Pool, { from, to }: Period, limit: number) {
  return queryRows(pool)`
    SELECT dish_id AS "dishId", name, sum(quantity)::integer AS quantity,
      sum(sold_cents)::float AS "soldCents"
    FROM analytics.dish_hours LEFT JOIN catalogue.dishes ON id = dish_id
    WHERE hour >= ${from} AND hour < ${to} GROUP BY dish_id, name
    ORDER BY quantity DESC, dish_id LIMIT ${limit}`;
}

/** Of all time, by number of orders, descending. */
export function listCustomers(pool: Pool, limit: number) {
  return queryRows(pool)`
    SELECT customer_id AS "customerId", orders, captured_cents::float AS "capturedCents",
      refunded_cents::float AS "refundedCents", last_order_at AS "lastOrderAt"
    FROM analytics.customers ORDER BY orders DESC, customer_id LIMIT ${limit}`;
}
