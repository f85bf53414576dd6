import { type Caller, execute, findLiveSessions } from '@watchkeeper/galley';
import { instrumentCache, type Telemetry } from '@watchkeeper/telemetry';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';

export type SessionCheck = ReturnType<typeof createSessionCheck>;

// How long another instance may accept a revoked session; a page's burst of requests is one query.
const rememberMs = 5_000;
const maxRemembered = 10_000;

/** Creates the check, which also records when each session was last used. */
export function createSessionCheck(pool: Pool, telemetry: Telemetry) {
  const cache = instrumentCache(
    new LRUCache<string, boolean>({ max: maxRemembered, ttl: rememberMs }),
    telemetry,
    { name: 'sessions', describeKey: () => 'session:?' },
  );
  return {
    /** Checks whether the session of an access token is live. */
    async isActive(caller: Caller): Promise<boolean> {
      const known = cache.get(caller.sessionId);
      if (known !== undefined) return known;
      const isActive = await lookUp(pool, caller);
      cache.set(caller.sessionId, isActive);
      return isActive;
    },
    /** Removes sessions from this instance's cache; other instances notice within five seconds. */
    forget(sessionIds: readonly string[]): void {
      for (const id of sessionIds) cache.delete(id);
    },
  };
}

async function lookUp(pool: Pool, caller: Caller): Promise<boolean> {
  const { sessionId } = caller;
  const lastUsedAt = (await findLiveSessions(pool, [caller])).get(sessionId);
  // To the minute is enough for "last seen", and spares a write for each request.
  if (lastUsedAt !== undefined && Date.now() - lastUsedAt.getTime() > 60_000) {
    await execute(pool)`UPDATE accounts.sessions SET last_used_at = now() WHERE id = ${sessionId}`;
  }
  return lastUsedAt !== undefined;
}
