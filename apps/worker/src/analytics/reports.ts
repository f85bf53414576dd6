import type { Pool } from 'pg';

/** A half-open range: without `to`. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

export type Reports = ReturnType<typeof createReports>;

// Sums of cents stay exact as numbers up to ninety thousand billion.
const money = (column: string) => `sum(${column})::float`;

/** Creates the reports over the `analytics` schema. */
export function createReports(pool: Pool) {
  async function read(sql: string, parameters: unknown[]): Promise<readonly object[]> {
    return (await pool.query<object>(sql, parameters)).rows;
  }

  return {
    /** Oldest first. */
    hours: ({ from, to }: Period) =>
      read(
        `SELECT hour, orders, delivered, cancelled, captured_cents::float AS "capturedCents",
           refunded_cents::float AS "refundedCents"
         FROM analytics.hours WHERE hour >= $1 AND hour < $2 ORDER BY hour`,
        [from, to],
      ),
    /** By captured money, descending. */
    restaurants: ({ from, to }: Period, limit: number) =>
      read(
        `SELECT restaurant_id AS "restaurantId", name, sum(orders)::integer AS orders,
           ${money('captured_cents')} AS "capturedCents",
           ${money('refunded_cents')} AS "refundedCents"
         FROM analytics.restaurant_hours LEFT JOIN catalogue.restaurants ON id = restaurant_id
         WHERE hour >= $1 AND hour < $2 GROUP BY restaurant_id, name
         ORDER BY "capturedCents" DESC, restaurant_id LIMIT $3`,
        [from, to, limit],
      ),
    /** By quantity, descending. */
    dishes: ({ from, to }: Period, limit: number) =>
      read(
        `SELECT dish_id AS "dishId", name, sum(quantity)::integer AS quantity,
           ${money('sold_cents')} AS "soldCents"
         FROM analytics.dish_hours LEFT JOIN catalogue.dishes ON id = dish_id
         WHERE hour >= $1 AND hour < $2 GROUP BY dish_id, name
         ORDER BY quantity DESC, dish_id LIMIT $3`,
        [from, to, limit],
      ),
    /** Of all time, by number of orders, descending. */
    customers: (limit: number) =>
      read(
        `SELECT customer_id AS "customerId", orders, captured_cents::float AS "capturedCents",
           refunded_cents::float AS "refundedCents", last_order_at AS "lastOrderAt"
         FROM analytics.customers ORDER BY orders DESC, customer_id LIMIT $1`,
        [limit],
      ),
  };
}
