import { execute, queryRow, queryRows, raw } from '@watchkeeper/galley';
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
  tableName: 'notifications.messages' | 'webhooks.deliveries',
) {
  const table = raw(tableName);
  return {
    /** Takes up to `limit` due items; one not finished within the lease is due again. */
    claim: (limit: number): Promise<readonly T[]> =>
      queryRows<T>(pool)`
        UPDATE ${table} SET attempts = attempts + 1,
          next_attempt_at = now() + make_interval(secs => ${leaseSeconds})
        WHERE id IN (
          SELECT id FROM ${table} WHERE status = 'pending' AND next_attempt_at <= now()
          ORDER BY next_attempt_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
        ) RETURNING *`,
    /** Records an attempt; does nothing if the claim was lost meanwhile. */
    async finish(item: T, { error, statusCode, retryDelayMs }: AttemptResult): Promise<void> {
      const failed = retryDelayMs === undefined ? 'dead' : 'pending';
      const status = error === undefined ? 'done' : failed;
      await execute(pool)`
        UPDATE ${table} SET status = ${status}, last_error = ${error},
          last_status_code = ${statusCode},
          next_attempt_at = now() + make_interval(secs => ${retryDelayMs ?? 0} / 1000.0),
          finished_at = CASE WHEN ${status !== 'pending'} THEN now() END
        WHERE id = ${item.id} AND attempts = ${item.attempts} AND status = 'pending'`;
    },
    /** Returns an item as if it had not been attempted. */
    async release({ id, attempts }: T): Promise<void> {
      await execute(pool)`
        UPDATE ${table} SET attempts = attempts - 1, next_attempt_at = now()
        WHERE id = ${id} AND attempts = ${attempts} AND status = 'pending'`;
    },
    async count(status: 'pending' | 'dead'): Promise<number> {
      // As a literal, so that even a generic plan can use the partial index of the status.
      const row = await queryRow<{ count: number }>(pool)`
        SELECT count(*)::integer FROM ${table} WHERE status = ${raw(`'${status}'`)}`;
      return row?.count ?? 0;
    },
  };
}
