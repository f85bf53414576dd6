import { fillMacros } from '@watchkeeper/dashboards';
import { withTemporaryStack } from '@watchkeeper/drills/systems/temporary-stack';
import { createPool } from '@watchkeeper/galley';
import { formatCount, type Report } from '../report/report.ts';
import { timeQuery } from './measure.ts';
import { type DashboardQuery, rangeHours } from './queries.ts';

type Pool = ReturnType<typeof createPool>;

const limitMs = 300;
const days = 15;
const restaurants = 1_000;
const dishesOfEach = 20;
const customers = 1_000_000;

/** Fills PostgreSQL with the hourly sums of many orders and measures every SQL query. */
export async function reportSql(report: Report, queries: readonly DashboardQuery[]): Promise<void> {
  const components = ['postgres', 'api', 'worker'];
  await withTemporaryStack({ components }, async (stack) => {
    // api and worker create the schemas at startup; halted, they add no load.
    for (const name of ['worker', 'api']) await stack.halt(name);
    const pool = createPool('worker', { databaseUrl: stack.databaseUrl, poolSize: 1 });
    // An idle connection may still hear that the server shuts down.
    pool.on('error', () => {});
    try {
      for (const statement of fillings) await pool.query(statement);
      const sums = await countRows(pool);
      report.paragraph(
        `PostgreSQL as shipped: ${formatCount(sums)} hourly sums over ${days} days, of ` +
          `${formatCount(restaurants)} restaurants and half of their ${dishesOfEach} dishes each, and ` +
          `${formatCount(customers)} customers.`,
      );
      const rows: string[][] = [];
      for (const query of queries.filter(({ language }) => language === 'sql')) {
        rows.push(await rowOf(query, pool));
      }
      report.paragraph(
        `Over ${rangeHours} hours, the median of five after a first; the target is ${limitMs} ms:`,
      );
      report.table(['dashboard', 'panel', 'ms', 'first, ms', 'rows', ''], rows);
    } finally {
      await pool.end();
    }
  });
}

const hours = `generate_series(
  date_trunc('hour', now() - interval '${days} days'), now(), interval '1 hour') AS hour`;
const fillings = [
  // Galley's statements have a timeout of seconds.
  'SET statement_timeout = 0',
  `INSERT INTO catalogue.restaurants (name, cuisine)
   SELECT 'Restaurant ' || number, 'grill' FROM generate_series(1, ${restaurants}) AS number`,
  `INSERT INTO catalogue.dishes (restaurant_id, name, price_cents)
   SELECT id, 'Dish ' || number, 980
   FROM catalogue.restaurants, generate_series(1, ${dishesOfEach}) AS number
   WHERE name LIKE 'Restaurant %'`,
  `INSERT INTO analytics.hours SELECT hour, 40000, 39000, 1000, 80000000, 900000 FROM ${hours}`,
  `INSERT INTO analytics.restaurant_hours (hour, restaurant_id, orders, captured_cents)
   SELECT hour, id, random() * 80, random() * 200000 FROM ${hours}, catalogue.restaurants`,
  `INSERT INTO analytics.dish_hours (hour, dish_id, quantity, sold_cents)
   SELECT hour, id, random() * 8, random() * 8000 FROM ${hours}, catalogue.dishes
   WHERE right(name, 1) IN ('1', '3', '5', '7', '9')`,
  `INSERT INTO analytics.customers (customer_id, orders, captured_cents, last_order_at)
   SELECT gen_random_uuid(), random() * 50, random() * 90000, now() - random() * interval '90 days'
   FROM generate_series(1, ${customers})`,
  'VACUUM ANALYZE',
  'RESET statement_timeout',
];

async function countRows(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ sums: string }>(
    `SELECT (SELECT count(*) FROM analytics.hours)
       + (SELECT count(*) FROM analytics.restaurant_hours)
       + (SELECT count(*) FROM analytics.dish_hours) AS sums`,
  );
  return Number(rows[0]?.sums);
}

async function rowOf({ dashboard, owner, expression }: DashboardQuery, pool: Pool) {
  const statement = fillMacros(expression, rangeHours);
  const send = async () => (await pool.query(statement)).rows.length;
  const { firstMs, medianMs, results } = await timeQuery(send);
  const verdict = Math.max(firstMs, medianMs) < limitMs ? '' : 'misses';
  return [dashboard, owner, medianMs.toFixed(0), firstMs.toFixed(0), String(results), verdict];
}
