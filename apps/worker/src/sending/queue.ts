import type { TraceContext } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';

/** What every row of a queue has, whatever is sent. */
export interface QueuedItem {
  readonly id: string;
  /** Which try this is, from 1. */
  readonly attempts: number;
  readonly trace_context: TraceContext;
}

/** How a try ended. */
export type SendResult =
  | { readonly status: 'done'; readonly statusCode?: number }
  | { readonly status: 'failed'; readonly error: string; readonly statusCode?: number };

/** A table of things to send, drained by any number of workers. */
export interface SendingQueue<T extends QueuedItem> {
  /** Takes up to `limit` of what is due; who does not finish one in time loses it to another. */
  claim(limit: number): Promise<readonly T[]>;
  /**
   * Writes down how a try ended.
   * @param retryDelayMs until the next one; nothing when there is none
   */
  finish(item: T, result: SendResult, retryDelayMs: number | undefined): Promise<void>;
  /** Gives one back as if it had not been tried. */
  giveBack(item: T): Promise<void>;
  count(status: 'pending' | 'dead'): Promise<number>;
}

// Several times what a try may take, so that only a worker that died loses what it has claimed.
const leaseSeconds = 60;

/** Makes the queue over a table; `table` is a constant, with the columns of the migrations. */
export function createSendingQueue<T extends QueuedItem>(
  pool: Pool,
  table: 'notifications.messages' | 'webhooks.deliveries',
): SendingQueue<T> {
  return {
    async claim(limit) {
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
    async finish(item, result, retryDelayMs) {
      const isDone = result.status === 'done';
      const status = isDone ? 'done' : retryDelayMs === undefined ? 'dead' : 'pending';
      const error = isDone ? null : result.error;
      // Who lost it in the meantime has no say any more.
      await pool.query(
        `UPDATE ${table} SET status = $3, last_error = $4, last_status_code = $5,
           next_attempt_at = now() + make_interval(secs => $6 / 1000.0),
           finished_at = CASE WHEN $3 <> 'pending' THEN now() END
         WHERE id = $1 AND attempts = $2 AND status = 'pending'`,
        [item.id, item.attempts, status, error, result.statusCode ?? null, retryDelayMs ?? 0],
      );
    },
    async giveBack(item) {
      await pool.query(
        `UPDATE ${table} SET attempts = attempts - 1, next_attempt_at = now()
         WHERE id = $1 AND attempts = $2 AND status = 'pending'`,
        [item.id, item.attempts],
      );
    },
    async count(status) {
      // Written out, so that a plan that is made once knows the indexes that are for one status.
      const { rows } = await pool.query<{ count: number }>(
        `SELECT count(*)::integer FROM ${table} WHERE status = '${status}'`,
      );
      return rows[0]?.count ?? 0;
    },
  };
}
