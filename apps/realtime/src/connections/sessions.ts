import { type Caller, findLiveSessions } from '@watchkeeper/galley';
import type { Pool } from 'pg';
import type { Hub } from './hub.ts';

export type Sessions = ReturnType<typeof createSessions>;

/**
 * Checks the sessions in the api's table `accounts.sessions`. While the database is down every
 * session counts as live: its token expires soon, and the pool's metrics show the outage.
 */
export function createSessions(pool: Pool, hub: Hub) {
  async function findEnded(callers: readonly Caller[]): Promise<ReadonlySet<string>> {
    const sessionIds = callers.map(({ sessionId }) => sessionId);
    if (sessionIds.length === 0) return new Set();
    const live = await findLiveSessions(pool, callers).catch(() => undefined);
    return new Set(live === undefined ? [] : sessionIds.filter((id) => !live.has(id)));
  }

  async function closeEnded(): Promise<void> {
    const connections = [...hub.all()];
    const ended = await findEnded(connections.map(({ caller }) => caller));
    for (const connection of connections) {
      if (ended.has(connection.caller.sessionId)) connection.end('session_over');
    }
  }

  return {
    isLive: async (caller: Caller) => (await findEnded([caller])).size === 0,
    /**
     * Closes the connections of revoked and expired sessions, at this interval.
     * @returns a function that stops it
     */
    watch(intervalMs: number): () => void {
      const timer = setInterval(() => void closeEnded(), intervalMs).unref();
      return () => clearInterval(timer);
    },
  };
}
