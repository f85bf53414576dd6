import { execute, queryRow, queryRows, type Sql, sql, withTransaction } from '@watchkeeper/galley';
import type { Pool, PoolClient } from 'pg';
import type { Context } from '../context.ts';
import type { PresenceState } from '../protocol/messages.ts';

/** Publishes changed users in the transaction of the change. */
type PublishChange = (userIds: readonly string[], client: PoolClient) => Promise<void>;

export type PresenceStore = ReturnType<typeof createPresenceStore>;

/** Creates the store of one instance: the users connected to it, under a lease. */
export function createPresenceStore({ pool, instanceId, settings }: Context) {
  const leaseSeconds = settings.presenceLeaseMs / 1_000;
  return {
    /** Resolves to true if the instance had no lease, so that its users must be written again. */
    async renewLease(): Promise<boolean> {
      const lease = await queryRow<{ isNew: boolean }>(pool)`
        INSERT INTO realtime.instances (id, expires_at)
        VALUES (${instanceId}, now() + make_interval(secs => ${leaseSeconds}))
        ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at
        RETURNING xmax = 0 AS "isNew"`;
      return lease?.isNew ?? false;
    },
    /** Ends the lease, and takes all users of this instance offline. */
    endLease: (publish: PublishChange) => removeInstances(pool, publish, sql`id = ${instanceId}`),
    /** Removes the instances with an expired lease. */
    removeExpired: (publish: PublishChange) =>
      removeInstances(pool, publish, sql`expires_at < now()`),
    write: (online: readonly string[], offline: readonly string[], publish: PublishChange) =>
      withTransaction(pool, async (client) => {
        await execute(client)`
          INSERT INTO realtime.presence (user_id, instance_id)
          SELECT unnest(${online}::uuid[]), ${instanceId} ON CONFLICT DO NOTHING`;
        await execute(client)`
          DELETE FROM realtime.presence
          WHERE user_id = ANY(${offline}::uuid[]) AND instance_id = ${instanceId}`;
        await writeLastSeen(client, offline);
        await publish([...online, ...offline], client);
      }),
    statesOf: (userIds: readonly string[]) => readStates(pool, userIds),
  };
}

async function readStates(
  pool: Pool,
  userIds: readonly string[],
): Promise<readonly PresenceState[]> {
  // Users may hide when they were last seen, but not whether they are online.
  const rows = await queryRows<{ userId: string; isOnline: boolean; lastSeenAt: Date | null }>(
    pool,
  )`
    SELECT u.id AS "userId",
      CASE WHEN v.last_seen_visible IS NOT FALSE THEN s.seen_at END AS "lastSeenAt",
      EXISTS (
        SELECT FROM realtime.presence p JOIN realtime.instances i ON i.id = p.instance_id
        WHERE p.user_id = u.id AND i.expires_at > now()
      ) AS "isOnline"
    FROM unnest(${userIds}::uuid[]) AS u (id)
    LEFT JOIN realtime.last_seen s ON s.user_id = u.id
    LEFT JOIN users.privacy_settings v ON v.user_id = u.id`;
  return rows.map(({ userId, isOnline, lastSeenAt }) => {
    if (isOnline) return { userId, status: 'online' };
    const lastSeen = lastSeenAt === null ? {} : { lastSeenAt: lastSeenAt.toISOString() };
    return { userId, status: 'offline', ...lastSeen };
  });
}

async function writeLastSeen(client: PoolClient, userIds: readonly string[]): Promise<void> {
  // In the order of the ids, so that two instances never wait for each other.
  await execute(client)`
    INSERT INTO realtime.last_seen (user_id, seen_at)
    SELECT DISTINCT id, now() FROM unnest(${userIds}::uuid[]) AS u (id) ORDER BY id
    ON CONFLICT (user_id) DO UPDATE SET seen_at = excluded.seen_at`;
}

function removeInstances(pool: Pool, publish: PublishChange, condition: Sql): Promise<void> {
  return withTransaction(pool, async (client) => {
    const removed = await queryRows<{ id: string }>(client)`
      SELECT id FROM realtime.instances WHERE ${condition} FOR UPDATE SKIP LOCKED`;
    if (removed.length === 0) return;
    const ids = removed.map(({ id }) => id);
    const offline = await queryRows<{ id: string }>(client)`
      DELETE FROM realtime.presence WHERE instance_id = ANY(${ids}::uuid[])
      RETURNING user_id AS id`;
    await execute(client)`DELETE FROM realtime.instances WHERE id = ANY(${ids}::uuid[])`;
    const userIds = offline.map(({ id }) => id);
    await writeLastSeen(client, userIds);
    await publish(userIds, client);
  });
}
