import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { instrumentPool } from '../index.ts';
import { type PostgresStandIn, startPostgresStandIn } from '../testing/postgres-stand-in.ts';
import { startTestTracing } from '../testing/spans.ts';
import { createTestTelemetry, type TestTelemetry } from '../testing/test-telemetry.ts';

startTestTracing();
let postgres: PostgresStandIn;
let service: TestTelemetry;
let pool: pg.Pool;

beforeEach(async () => {
  postgres = await startPostgresStandIn();
  service = await createTestTelemetry();
  const { connectionString } = postgres;
  pool = instrumentPool(new pg.Pool({ connectionString, max: 2 }), service.telemetry);
});

afterEach(async () => {
  postgres.close();
  await pool.end();
});

const metrics = async () => (await service.telemetry.renderMetrics()).split('\n');

test('times statements by their kind and counts them by outcome', async () => {
  await pool.query('SELECT 1');
  await pool.query('INSERT INTO orders VALUES ($1)', [7]);
  await expect(pool.query('SELECT * FROM nowhere')).rejects.toThrow('nowhere');
  const lines = await metrics();
  expect(lines).toContain('db_queries_total{operation="select",result="success"} 1');
  expect(lines).toContain('db_queries_total{operation="select",result="error"} 1');
  expect(lines).toContain('db_queries_total{operation="insert",result="success"} 1');
  expect(lines).toContain('db_query_duration_seconds_count{operation="select"} 2');
});

test('has the series of slow and failed statements before the first one', async () => {
  const lines = await metrics();
  for (const operation of ['select', 'insert', 'update', 'delete', 'transaction', 'ddl']) {
    expect(lines).toContain(`db_slow_queries_total{operation="${operation}"} 0`);
    expect(lines).toContain(`db_queries_total{operation="${operation}",result="error"} 0`);
  }
});

test('counts a statement once, with a callback and with a client of its own too', async () => {
  await new Promise((resolve) => pool.query('SELECT 1', resolve));
  const client = await pool.connect();
  await client.query('BEGIN');
  await new Promise((resolve) => client.query('UPDATE orders SET a = 1', resolve));
  client.release();
  const lines = await metrics();
  expect(lines).toContain('db_queries_total{operation="select",result="success"} 1');
  expect(lines).toContain('db_queries_total{operation="transaction",result="success"} 1');
  expect(lines).toContain('db_queries_total{operation="update",result="success"} 1');
});

test('reports open, active, idle and awaited connections, and the waiting time', async () => {
  const held = [await pool.connect(), await pool.connect()];
  const waiting = pool.connect();
  const busy = await metrics();
  expect(busy).toContain('db_connections_max 2');
  expect(busy).toContain('db_connections_total 2');
  expect(busy).toContain('db_connections_active 2');
  expect(busy).toContain('db_connections_waiting 1');
  for (const client of held) client.release();
  (await waiting).release();
  const idle = await metrics();
  expect(idle).toContain('db_connections_active 0');
  expect(idle).toContain('db_connections_idle 2');
  expect(idle).toContain('db_connections_waiting 0');
  expect(idle).toContain('db_pool_wait_duration_seconds_count 3');
});

test('logs of a slow statement its shape, and never its values', async () => {
  await pool.query("SELECT * FROM slow WHERE phone = '+31 6 1234' AND id = $1", ['secret']);
  expect(service.linesOf('slow_query')).toEqual([
    expect.objectContaining({
      level: 'warn',
      operation: 'select',
      statement: 'SELECT * FROM slow WHERE phone = ? AND id = $1',
      duration_ms: expect.any(Number),
    }),
  ]);
  expect(JSON.stringify(service.lines)).not.toMatch(/1234|secret/);
  expect(await metrics()).toContain('db_slow_queries_total{operation="select"} 1');
});

test('takes part in readiness, and survives the loss of idle connections', async () => {
  await pool.query('SELECT 1');
  expect(await service.telemetry.health.check('database')).toMatchObject({ status: 'up' });
  const lost = new Promise((resolve) => pool.once('error', resolve));
  postgres.close();
  await lost;
  expect(service.linesOf('db_connection_lost')).toHaveLength(1);
  expect(await service.telemetry.health.check('database')).toMatchObject({ status: 'down' });
});
