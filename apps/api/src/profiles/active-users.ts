import type { Pool } from 'pg';

/** Users with a request to any instance in the last five minutes. */
export async function countActiveUsers(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(DISTINCT user_id)::integer AS count FROM accounts.sessions
     WHERE last_used_at > now() - interval '5 minutes'`,
  );
  return rows[0]?.count ?? 0;
}
