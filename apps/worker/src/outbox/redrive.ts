import type { Pool } from 'pg';

// Uses our own index, as few events are dead. Leaves out those that somebody set aside by hand.
const hasDeadHandler =
  'event_id IN (SELECT event_id FROM handlings.handlings WHERE dead_at IS NOT NULL)';

export type DeadEventStore = ReturnType<typeof createDeadEventStore>;

/** Creates the store of dead-lettered events over the outbox. */
export function createDeadEventStore(pool: Pool) {
  return {
    /** The latest first, with the handlers that failed for good. */
    async list(limit: number): Promise<readonly object[]> {
      const { rows } = await pool.query<object>(
        `SELECT event_id AS id, event_type AS type, aggregate_id AS "aggregateId", attempts,
           last_error AS "lastError", created_at AS "createdAt", dead_at AS "deadAt",
           ARRAY(
             SELECT handler FROM handlings.handlings h
             WHERE h.event_id = o.event_id AND h.dead_at IS NOT NULL ORDER BY handler
           ) AS handlers
         FROM events.outbox o WHERE dead_at IS NOT NULL AND ${hasDeadHandler}
         ORDER BY dead_at DESC LIMIT $1`,
        [limit],
      );
      return rows;
    },
    async exists(id: string): Promise<boolean> {
      const { rowCount } = await pool.query('SELECT FROM events.outbox WHERE event_id = $1', [id]);
      return rowCount === 1;
    },
    async count(): Promise<number> {
      const { rows } = await pool.query<{ count: number }>(
        `SELECT count(*)::integer FROM events.outbox WHERE dead_at IS NOT NULL AND ${hasDeadHandler}`,
      );
      return rows[0]?.count ?? 0;
    },
    /**
     * Retries one dead event or all, by the handlers that have not handled it.
     * @returns their number
     */
    async redrive(id?: string): Promise<number> {
      const { rowCount } = await pool.query(
        `UPDATE events.outbox SET dead_at = NULL, last_error = NULL, available_at = now()
         WHERE dead_at IS NOT NULL AND ${id === undefined ? hasDeadHandler : 'event_id = $1'}`,
        id === undefined ? [] : [id],
      );
      await pool.query(`SELECT pg_notify('outbox', '')`);
      return rowCount ?? 0;
    },
  };
}
