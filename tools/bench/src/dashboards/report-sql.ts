import { fillMacros } from '@watchkeeper/checks/panels/queries';
import type { createPool } from '@watchkeeper/galley';
import { createTestTelemetry } from '@watchkeeper/telemetry/testing';
import { startDatabase } from '@watchkeeper/worker/testing/test-database';
import type { Report } from '../load/report.ts';
import { type Asked, askedHours } from './asked.ts';
import { timeAnswers } from './measure.ts';
import { count } from './report-metrics.ts';

type Pool = ReturnType<typeof createPool>;

const limitMs = 300;
const days = 15;
const restaurants = 1_000;
const dishesOfEach = 20;
const customers = 1_000_000;

/** Fills PostgreSQL with the sums of many orders and measures every query of SQL. */
export async function reportSql(report: Report, asked: readonly Asked[]): Promise<void> {
  const { telemetry } = await createTestTelemetry();
  const database = await startDatabase(telemetry.logger);
  const pool = database.createPool(1);
  try {
    for (const statement of fillings) await pool.query(statement);
    const sums = await countRows(pool);
    report.say(
      `PostgreSQL as shipped: ${count(sums)} sums by the hour over ${days} days, every hour of ` +
        `${count(restaurants)} restaurants and of half of their ${dishesOfEach} dishes each, and ` +
        `${count(customers)} customers.`,
    );
    const rows: string[][] = [];
    for (const query of asked.filter(({ language }) => language === 'sql')) {
      rows.push(await rowOf(query, pool));
    }
    report.say(
      `Over ${askedHours} hours, the median of five after a first; the target is ${limitMs} ms:`,
    );
    report.table(['dashboard', 'panel', 'ms', 'first, ms', 'rows', ''], rows);
  } finally {
    await pool.end();
    await database.stop();
  }
}

const hours = `generate_series(
  date_trunc('hour', now() - interval '${days} days'), now(), interval '1 hour') AS hour`;
const fillings = [
  // Galley gives up on a statement after seconds.
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

async function rowOf({ dashboard, where, expression }: Asked, pool: Pool): Promise<string[]> {
  const statement = fillMacros(expression, askedHours);
  const { firstMs, medianMs, answered } = await timeAnswers(
    async () => (await pool.query(statement)).rows.length,
  );
  const verdict = Math.max(firstMs, medianMs) < limitMs ? '' : 'misses';
  return [dashboard, where, medianMs.toFixed(0), firstMs.toFixed(0), String(answered), verdict];
}
