import { queryRow, queryRows, sql } from '@watchkeeper/galley';
import type { Telemetry } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { workerMetrics } from '../catalogue.ts';
import { type Loop, startLoop } from '../running/loop.ts';

// Fresh enough for a dashboard, and rare enough not to load the database.
const refreshMs = 15_000;

// Whole hours, with the current one; bounded, so that years of data cost no more than a day.
const isOfLastDay = sql`hour > now() - interval '1 day'`;

type RestaurantTotals = Record<'orders' | 'captured' | 'refunded', number> & { name: string };

/** Starts a loop that refreshes the business metrics, independently of scrapes. */
export function watchAnalytics(pool: Pool, telemetry: Telemetry): Loop {
  const metrics = telemetry.declareMetrics(workerMetrics);
  const orders = metrics.gauge('galley_restaurant_orders');
  const captured = metrics.gauge('galley_restaurant_captured_cents');
  const refunded = metrics.gauge('galley_restaurant_refunded_cents');
  const dishes = metrics.gauge('galley_dish_orders');
  const customers = metrics.gauge('galley_ordering_customers');

  async function refresh(): Promise<boolean> {
    for (const { name: restaurant, ...totals } of await readRestaurants(pool)) {
      orders.set(totals.orders, { restaurant });
      captured.set(totals.captured, { restaurant });
      refunded.set(totals.refunded, { restaurant });
    }
    for (const { dish, quantity } of await readDishes(pool)) dishes.set(quantity, { dish });
    const { hour, day } = await readCustomers(pool);
    customers.set(hour, { period: 'hour' });
    customers.set(day, { period: 'day' });
    return false;
  }

  return startLoop({ name: 'analytics metrics', idleMs: refreshMs, run: refresh }, telemetry);
}

function readRestaurants(pool: Pool) {
  return queryRows<RestaurantTotals>(pool)`
    SELECT name, COALESCE(sum(orders), 0)::integer AS orders,
      COALESCE(sum(captured_cents), 0)::float AS captured,
      COALESCE(sum(refunded_cents), 0)::float AS refunded
    FROM catalogue.restaurants
      LEFT JOIN analytics.restaurant_hours ON restaurant_id = id AND ${isOfLastDay}
    GROUP BY name ORDER BY name LIMIT 50`;
}

function readDishes(pool: Pool) {
  return queryRows<{ dish: string; quantity: number }>(pool)`
    SELECT name AS dish, COALESCE(sum(quantity), 0)::integer AS quantity
    FROM catalogue.dishes LEFT JOIN analytics.dish_hours ON dish_id = id AND ${isOfLastDay}
    GROUP BY name ORDER BY name LIMIT 100`;
}

async function readCustomers(pool: Pool): Promise<{ hour: number; day: number }> {
  const counts = await queryRow<{ hour: number; day: number }>(pool)`
    SELECT count(*) FILTER (WHERE last_order_at > now() - interval '1 hour')::integer AS hour,
      count(*)::integer AS day
    FROM analytics.customers WHERE last_order_at > now() - interval '1 day'`;
  return counts ?? { hour: 0, day: 0 };
}
