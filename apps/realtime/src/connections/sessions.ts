import type { Pool } from 'pg';
import type { Hub } from './hub.ts';

/** Knows which sessions were ended before their tokens were over, such as by a logout. */
export interface Sessions {
  isRevoked(sessionId: string): Promise<boolean>;
  /** Ends the connections of sessions that were revoked since they came. */
  endRevoked(): Promise<void>;
}

/**
 * Reads the api's table `accounts.sessions`. A database that is away says nothing: until it is back
 * the token counts, which is over soon, and the metrics of the pool tell of the failure.
 */
export function createSessions(pool: Pool, hub: Hub): Sessions {
  async function revokedAmong(sessionIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (sessionIds.length === 0) return new Set();
    const read = pool.query<{ id: string }>(
      'SELECT id FROM accounts.sessions WHERE id = ANY($1::uuid[]) AND revoked_at IS NOT NULL',
      [sessionIds],
    );
    const { rows } = await read.catch(() => ({ rows: [] }));
    return new Set(rows.map(({ id }) => id));
  }

  return {
    isRevoked: async (sessionId) => (await revokedAmong([sessionId])).size > 0,
    async endRevoked() {
      const connections = [...hub.all()];
      const revoked = await revokedAmong(connections.map(({ caller }) => caller.sessionId));
      for (const connection of connections) {
        if (revoked.has(connection.caller.sessionId)) connection.end('session_over');
      }
    },
  };
}

/**
 * Looks for revoked sessions again and again.
 * @returns what stops it
 */
export function watchSessions(sessions: Sessions, everyMs: number): () => void {
  const timer = setInterval(() => void sessions.endRevoked(), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
