import { withTransaction } from '@watchkeeper/galley';
import type { ClientBase, Pool } from 'pg';
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
         FROM events.outbox o WHERE dead_at IS NOT NULL ORDER BY dead_at DESC LIMIT $1`,
        [limit],
      );
      return rows;
    },
    async exists(id: string): Promise<boolean> {
      const { rowCount } = await pool.query('SELECT FROM events.outbox WHERE event_id = $1', [id]);
      return rowCount === 1;
    },
    /** Has dead events come again, one or all; resolves to their number. */
    redrive: (id?: string): Promise<number> =>
      withTransaction(pool, (client) => redrive(client, id)),
  };
}

/** Handlers that have handled the event stay out of it. */
async function redrive(client: ClientBase, id: string | undefined): Promise<number> {
  const { rows } = await client.query<{ event_id: string }>(
    `UPDATE events.outbox SET dead_at = NULL, last_error = NULL, available_at = now()
     WHERE dead_at IS NOT NULL AND ($1::uuid IS NULL OR event_id = $1) RETURNING event_id`,
    [id ?? null],
  );
  await client.query(
    `UPDATE handlings.handlings SET dead_at = NULL, failures = 0, retry_at = now()
     WHERE event_id = ANY($1) AND handled_at IS NULL`,
    [rows.map(({ event_id }) => event_id)],
  );
  await client.query(`SELECT pg_notify('outbox', '')`);
  return rows.length;
}
