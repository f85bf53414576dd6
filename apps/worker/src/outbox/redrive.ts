import type { Pool } from 'pg';
import type { HandlerName } from './event.ts';

/** An event that was given up, and by whom. */
export interface DeadEvent {
  readonly id: string;
  readonly type: string;
  readonly aggregateId: string;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: string;
  readonly deadAt: string;
  /** The handlers that gave up. */
  readonly handlers: readonly HandlerName[];
}

// By an index of ours: of all events there ever were, few are dead. Those that somebody has set aside
// by hand are not among them.
const isGivenUp =
  'event_id IN (SELECT event_id FROM handlings.handlings WHERE dead_at IS NOT NULL)';

/** Keeps the events that were given up. */
export type DeadEventStore = ReturnType<typeof createDeadEventStore>;

/** Makes the store over the outbox. */
export function createDeadEventStore(pool: Pool) {
  return {
    /** The latest to be given up first. */
    async list(limit: number): Promise<readonly DeadEvent[]> {
      const { rows } = await pool.query<DeadEvent>(
        `SELECT event_id AS id, event_type AS type, aggregate_id AS "aggregateId", attempts,
           last_error AS "lastError", created_at AS "createdAt", dead_at AS "deadAt",
           ARRAY(
             SELECT handler FROM handlings.handlings h
             WHERE h.event_id = o.event_id AND h.dead_at IS NOT NULL ORDER BY handler
           ) AS handlers
         FROM events.outbox o WHERE dead_at IS NOT NULL AND ${isGivenUp}
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
        `SELECT count(*)::integer FROM events.outbox WHERE dead_at IS NOT NULL AND ${isGivenUp}`,
      );
      return rows[0]?.count ?? 0;
    },
    /**
     * Has dead events come again, one or all; handlers that have handled one stay out of it.
     * @returns their number
     */
    async redrive(id?: string): Promise<number> {
      const { rowCount } = await pool.query(
        `UPDATE events.outbox SET dead_at = NULL, last_error = NULL, available_at = now()
         WHERE dead_at IS NOT NULL AND ${id === undefined ? isGivenUp : 'event_id = $1'}`,
        id === undefined ? [] : [id],
      );
      await pool.query(`SELECT pg_notify('outbox', '')`);
      return rowCount ?? 0;
    },
  };
}
