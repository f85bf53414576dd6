import { execute, queryRow, queryRows, sql } from '@watchkeeper/galley';
import type { Pool } from 'pg';

// Uses our own index, as few events are dead. Leaves out those that somebody set aside by hand.
const hasDeadHandler = sql`event_id IN (
  SELECT event_id FROM handlings.handlings WHERE dead_at IS NOT NULL)`;

/** The latest first, with the handlers that failed for good. */
export function listDeadEvents(pool: Pool, limit: number): Promise<readonly object[]> {
  return queryRows(pool)`
    SELECT event_id AS id, event_type AS type, aggregate_id AS "aggregateId", attempts,
      last_error AS "lastError", created_at AS "createdAt", dead_at AS "deadAt",
      ARRAY(
        SELECT handler FROM handlings.handlings h
        WHERE h.event_id = o.event_id AND h.dead_at IS NOT NULL ORDER BY handler
      ) AS handlers
    FROM events.outbox o WHERE dead_at IS NOT NULL AND ${hasDeadHandler}
    ORDER BY dead_at DESC LIMIT ${limit}`;
}

export async function isKnownEvent(pool: Pool, id: string): Promise<boolean> {
  return (await execute(pool)`SELECT FROM events.outbox WHERE event_id = ${id}`) === 1;
}

export async function countDeadEvents(pool: Pool): Promise<number> {
  const row = await queryRow<{ count: number }>(pool)`
    SELECT count(*)::integer FROM events.outbox WHERE dead_at IS NOT NULL AND ${hasDeadHandler}`;
  return row?.count ?? 0;
}

/**
 * Retries one dead event or all, by the handlers that have not handled it.
 * @returns their number
 */
export async function redriveEvents(pool: Pool, id?: string): Promise<number> {
  const redriven = await execute(pool)`
    UPDATE events.outbox SET dead_at = NULL, last_error = NULL, available_at = now()
    WHERE dead_at IS NOT NULL AND ${id === undefined ? hasDeadHandler : sql`event_id = ${id}`}`;
  await execute(pool)`SELECT pg_notify('outbox', '')`;
  return redriven;
}
