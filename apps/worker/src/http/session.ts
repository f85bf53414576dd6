import type { Caller } from '@watchkeeper/galley';
import type { Pool } from 'pg';

/**
 * Makes the question whether the session of an access token still counts. It is asked each time:
 * administrators are few, and what they may do is much.
 */
export function createSessionCheck(pool: Pool): (caller: Caller) => Promise<boolean> {
  return async ({ sessionId }) => {
    const { rowCount } = await pool.query(
      'SELECT FROM accounts.sessions WHERE id = $1 AND revoked_at IS NOT NULL',
      [sessionId],
    );
    return rowCount === 0;
  };
}
