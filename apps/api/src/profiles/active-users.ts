import type { Pool } from 'pg';

/** How many users have made a request in the last five minutes, of any instance. */
export async function countActiveUsers(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(DISTINCT user_id)::integer AS count FROM accounts.sessions
     WHERE last_used_at > now() - interval '5 minutes'`,
  );
  return rows[0]?.count ?? 0;
}
