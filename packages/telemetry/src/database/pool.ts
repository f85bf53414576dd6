import type { Pool, PoolClient } from 'pg';
import { operations } from '../catalogue/metrics.ts';
import { claimName, isFirstWrapping } from '../operations/metered.ts';
import { isCancelled, isError } from '../operations/outcome.ts';
import { sampledTraceId } from '../request-context.ts';
import type { Telemetry } from '../telemetry.ts';
import { type AnyFunction, meterCall } from './call-context.ts';
import { classifyStatement, type Operation, statementShape } from './statement.ts';

// A service has some hundred statements; one that inlines values has too many to keep.
const maxKnownTexts = 1_000;
const maxKnownLength = 2_000;
// Source: the seed's hot-path section; also the upper edge of a bucket.
const slowQueryMs = 100;
const secondPool = 'Meter one; add the second by `telemetry.health.addCheck` under its own name.';

/**
 * Meters a `pg` pool: waiting and query times, connections by state, slow statements. Also adds it
 * to `/ready`, `/health/db` and `/health/pool`.
 * @returns the same pool
 * @throws TypeError for a second pool, whose figures would hide those of the first
 */
export function instrumentPool(pool: Pool, telemetry: Telemetry): Pool {
  if (!isFirstWrapping(telemetry, pool)) return pool;
  claimName(telemetry, 'pool', 'database', secondPool);
  meterConnections(pool, telemetry);
  meterWaiting(pool, telemetry);
  const meter = createQueryMeter(telemetry);
  pool.on('connect', (client: PoolClient) => meterQueries(client, meter));
  // An idle connection that breaks is replaced by the pool; without a listener it ends the process.
  pool.on('error', (error) => {
    telemetry.logger.warn({ event: 'db_connection_lost', err: error }, 'idle connection lost');
  });
  telemetry.health.addCheck('database', { isCritical: true }, () => pool.query('SELECT 1'));
  return pool;
}

function meterConnections(pool: Pool, { metrics, health }: Telemetry): void {
  const read = () => ({
    totalConnections: pool.totalCount,
    idleConnections: pool.idleCount,
    activeConnections: pool.totalCount - pool.idleCount,
    waitingRequests: pool.waitingCount,
    maxConnections: pool.options.max,
    utilization: (pool.totalCount - pool.idleCount) / pool.options.max,
  });
  const gauges = [
    [metrics.gauge('db_connections_max'), 'maxConnections'],
    [metrics.gauge('db_connections_total'), 'totalConnections'],
    [metrics.gauge('db_connections_active'), 'activeConnections'],
    [metrics.gauge('db_connections_idle'), 'idleConnections'],
    [metrics.gauge('db_connections_waiting'), 'waitingRequests'],
  ] as const;
  for (const [gauge, figure] of gauges) gauge.collect(() => gauge.set(read()[figure]));
  health.addPool('database', read);
}

/** `pool.query` connects through `pool.connect` too, so one wrapper sees every caller. */
function meterWaiting(pool: Pool, { metrics }: Telemetry): void {
  const wait = metrics.histogram('db_pool_wait_duration_seconds').series({});
  const connect = pool.connect.bind(pool) as AnyFunction;
  const metered: AnyFunction = (...callArguments) => {
    const startedAt = performance.now();
    const traceId = sampledTraceId();
    return meterCall(connect, callArguments, () =>
      wait.observe((performance.now() - startedAt) / 1_000, traceId),
    );
  };
  pool.connect = metered as typeof pool.connect;
}

function createQueryMeter({ metrics, logger }: Telemetry) {
  const findSeries = createSeriesFinder(metrics);
  const queries = metrics.counter('db_queries_total');
  const slowQueries = metrics.counter('db_slow_queries_total');
  // Initialized, so that the first occurrence is seen as an increase.
  for (const operation of operations) slowQueries.add(0, { operation });

  function reportSlow(operation: Operation, text: string, durationMs: number): void {
    slowQueries.increment({ operation });
    const fields = { operation, statement: statementShape(text), duration_ms: durationMs };
    logger.warn({ event: 'slow_query', ...fields }, 'slow query finished');
  }

  return (text: string, startedAt: number, traceId: string | undefined, error: unknown) => {
    const durationMs = performance.now() - startedAt;
    const series = findSeries(text);
    series.duration.observe(durationMs / 1_000, traceId);
    const { operation } = series;
    if (isCancelledQuery(error)) queries.increment({ operation, result: 'cancelled' });
    else series[error ? 'error' : 'success'].add(1);
    if (durationMs > slowQueryMs) reportSlow(series.operation, text, Math.round(durationMs));
  };
}

/** Finds the series of a statement by its text, parsed once. */
function createSeriesFinder(metrics: Telemetry['metrics']) {
  const duration = metrics.histogram('db_query_duration_seconds');
  const queries = metrics.counter('db_queries_total');
  for (const operation of operations) queries.add(0, { operation, result: 'error' });
  const bind = (operation: Operation) => ({
    operation,
    duration: duration.series({ operation }),
    success: queries.series({ operation, result: 'success' }),
    error: queries.series({ operation, result: 'error' }),
  });
  type Series = ReturnType<typeof bind>;
  const byOperation = new Map<Operation, Series>();
  const byText = new Map<string, Series>();

  return (text: string): Series => {
    const known = byText.get(text);
    if (known !== undefined) return known;
    const operation = classifyStatement(text);
    const series = byOperation.get(operation) ?? bind(operation);
    byOperation.set(operation, series);
    if (byText.size < maxKnownTexts && text.length <= maxKnownLength) byText.set(text, series);
    return series;
  };
}

function meterQueries(client: PoolClient, end: ReturnType<typeof createQueryMeter>): void {
  const query = client.query.bind(client) as AnyFunction;
  const metered: AnyFunction = (...callArguments) => {
    const text = textOf(callArguments[0]);
    // Cursors and streams report their end by themselves; they pass unchanged.
    if (text === undefined) return query(...callArguments);
    const startedAt = performance.now();
    const traceId = sampledTraceId();
    return meterCall(query, callArguments, (error) => end(text, startedAt, traceId, error));
  };
  client.query = metered as typeof client.query;
}

// Both a timeout and a person who cancels it; only the message tells them apart. Source:
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const cancelledState = '57014';

function isCancelledQuery(error: unknown): boolean {
  if (!isError(error)) return false;
  const isState = 'code' in error && error.code === cancelledState;
  return isCancelled(error) || (isState && !/timeout/.test(error.message));
}

function textOf(query: unknown): string | undefined {
  if (typeof query === 'string') return query;
  if (typeof query !== 'object' || query === null || 'submit' in query) return undefined;
  return 'text' in query && typeof query.text === 'string' ? query.text : undefined;
}
