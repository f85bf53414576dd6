import { queryRow, queryRows, repeat } from '@watchkeeper/galley';
import type { Telemetry } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { apiMetrics } from './catalogue.ts';
import { orderStatuses } from './orders/state-machine.ts';

// Fresh enough for a dashboard, rare enough for the database.
const refreshMs = 10_000;

/**
 * Refreshes the business gauges from the database, independently of scrapes, which must not wait.
 * @returns a function that stops it
 */
export function watchBusiness(pool: Pool, { declareMetrics, logger }: Telemetry): () => void {
  const metrics = declareMetrics(apiMetrics);
  const restaurants = metrics.gauge('galley_restaurants');
  const orders = metrics.gauge('galley_orders');
  const activeUsers = metrics.gauge('galley_active_users');

  async function refresh(): Promise<void> {
    try {
      const counts = await readCounts(pool);
      restaurants.set(counts.restaurants);
      activeUsers.set(counts.activeUsers);
      for (const status of orderStatuses) orders.set(counts.orders.get(status) ?? 0, { status });
    } catch (error) {
      logger.warn({ event: 'business_metrics_failed', err: error }, 'business figures not read');
    }
  }

  return repeat(refreshMs, () => void refresh());
}

async function readCounts(pool: Pool) {
  const restaurants = await queryRow<{ count: number }>(pool)`
    SELECT count(*)::integer AS count FROM catalogue.restaurants`;
  const orders = await queryRows<{ status: string; count: number }>(pool)`
    SELECT status, count(*)::integer AS count FROM orders.orders GROUP BY status`;
  return {
    restaurants: restaurants?.count ?? 0,
    orders: new Map(orders.map(({ status, count }) => [status, count])),
    activeUsers: await countActiveUsers(pool),
  };
}

/** Users with a request to any instance in the last five minutes. */
export async function countActiveUsers(pool: Pool): Promise<number> {
  const row = await queryRow<{ count: number }>(pool)`
    SELECT count(DISTINCT user_id)::integer AS count FROM accounts.sessions
    WHERE last_used_at > now() - interval '5 minutes'`;
  return row?.count ?? 0;
}
