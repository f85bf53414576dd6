import type { Pool } from 'pg';
import { raw } from 'sql-template-tag';
import { queryRows } from '../database/query.ts';
import type { Caller } from './token.ts';

/** The condition of a row of `accounts.sessions`, by its alias: neither revoked nor expired. */
export const isLiveSession = (alias: string) =>
  raw(`${alias}.revoked_at IS NULL AND ${alias}.expires_at > now()`);

/**
 * Finds which callers' sessions are live: known, neither revoked nor expired, and the caller's own.
 * @returns when each live session was last used, by session id
 */
export async function findLiveSessions(
  pool: Pool,
  callers: readonly Pick<Caller, 'sessionId' | 'userId'>[],
): Promise<ReadonlyMap<string, Date>> {
  const sessionIds = callers.map(({ sessionId }) => sessionId);
  const userIds = callers.map(({ userId }) => userId);
  const rows = await queryRows<{ id: string; lastUsedAt: Date }>(pool)`
    SELECT id, last_used_at AS "lastUsedAt" FROM accounts.sessions s
    JOIN unnest(${sessionIds}::uuid[], ${userIds}::uuid[]) AS caller (id, user_id)
      USING (id, user_id)
    WHERE ${isLiveSession('s')}`;
  return new Map(rows.map(({ id, lastUsedAt }) => [id, lastUsedAt]));
}

/** Creates the check for `authenticate`; it queries the database for each request. */
export function createSessionCheck(pool: Pool) {
  return async (caller: Caller): Promise<boolean> =>
    (await findLiveSessions(pool, [caller])).size > 0;
}
