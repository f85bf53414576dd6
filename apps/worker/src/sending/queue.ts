import type { TraceContext } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';

/** The columns that every queue has. */
export interface QueuedItem {
  readonly id: string;
  /** The number of this attempt, from 1. */
  readonly attempts: number;
  readonly trace_context: TraceContext;
}

export interface AttemptResult {
  /** Absent if the attempt succeeded. */
  readonly error?: string;
  readonly statusCode?: number | undefined;
  /** Until the next attempt; a failure without it is dead-lettered. */
  readonly retryDelayMs?: number | undefined;
}

// Several times the timeout of an attempt, so that only a crashed worker loses its claim.
const leaseSeconds = 60;

export type SendingQueue<T extends QueuedItem> = ReturnType<typeof createSendingQueue<T>>;

/** Creates a queue over a table, drained by any number of workers. */
export function createSendingQueue<T extends QueuedItem>(
  pool: Pool,
  table: 'notifications.messages' | 'webhooks.deliveries',
) {
  return {
    /** Takes up to `limit` due items; one not finished within the lease is due again. */
    async claim(limit: number): Promise<readonly T[]> {
      const { rows } = await pool.query<T>(
        `UPDATE ${table} SET attempts = attempts + 1,
           next_attempt_at = now() + make_interval(secs => ${leaseSeconds})
         WHERE id IN (
           SELECT id FROM ${table} WHERE status = 'pending' AND next_attempt_at <= now()
           ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED
         ) RETURNING *`,
        [limit],
      );
      return rows;
    },
    /** Records an attempt; does nothing if the claim was lost meanwhile. */
    async finish(item: T, { error, statusCode, retryDelayMs }: AttemptResult): Promise<void> {
      const failed = retryDelayMs === undefined ? 'dead' : 'pending';
      const status = error === undefined ? 'done' : failed;
      await pool.query(
        `UPDATE ${table} SET status = $3, last_error = $4, last_status_code = $5,
           next_attempt_at = now() + make_interval(secs => $6 / 1000.0),
           finished_at = CASE WHEN $3 <> 'pending' THEN now() END
         WHERE id = $1 AND attempts = $2 AND status = 'pending'`,
        [item.id, item.attempts, status, error ?? null, statusCode ?? null, retryDelayMs ?? 0],
      );
    },
    /** Returns an item as if it had not been attempted. */
    async release(item: T): Promise<void> {
      await pool.query(
        `UPDATE ${table} SET attempts = attempts - 1, next_attempt_at = now()
         WHERE id = $1 AND attempts = $2 AND status = 'pending'`,
        [item.id, item.attempts],
      );
    },
    async count(status: 'pending' | 'dead'): Promise<number> {
      // As a literal, so that even a generic plan can use the partial index of the status.
      const { rows } = await pool.query<{ count: number }>(
        `SELECT count(*)::integer FROM ${table} WHERE status = '${status}'`,
      );
      return rows[0]?.count ?? 0;
    },
  };
}
