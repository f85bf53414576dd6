import type { Pool } from 'pg';

export type BlockedStore = ReturnType<typeof createBlockedStore>;

// So that one page holds them all.
const maxBlocked = 1_000;

export function createBlockedStore(pool: Pool) {
  return {
    async list(userId: string): Promise<readonly object[]> {
      const { rows } = await pool.query<object>(
        `SELECT b.blocked_id AS id, p.display_name AS "displayName", b.created_at AS "blockedAt"
         FROM users.blocked_users b JOIN users.profiles p ON p.user_id = b.blocked_id
         WHERE b.user_id = $1 ORDER BY b.created_at DESC`,
        [userId],
      );
      return rows;
    },
    /** Idempotent. */
    async block(userId: string, blockedId: string): Promise<'blocked' | 'unknown' | 'too_many'> {
      const { rows } = await pool.query<{ isKnown: boolean; count: number }>(
        `SELECT EXISTS (SELECT FROM accounts.users WHERE id = $2) AS "isKnown",
           (SELECT count(*)::integer FROM users.blocked_users WHERE user_id = $1) AS count`,
        [userId, blockedId],
      );
      const { isKnown = false, count = 0 } = rows[0] ?? {};
      if (!isKnown) return 'unknown';
      if (count >= maxBlocked) return 'too_many';
      await pool.query(
        `INSERT INTO users.blocked_users (user_id, blocked_id)
         SELECT $1, id FROM accounts.users WHERE id = $2 ON CONFLICT DO NOTHING`,
        [userId, blockedId],
      );
      return 'blocked';
    },
    async unblock(userId: string, blockedId: string): Promise<void> {
      await pool.query('DELETE FROM users.blocked_users WHERE user_id = $1 AND blocked_id = $2', [
        userId,
        blockedId,
      ]);
    },
  };
}
