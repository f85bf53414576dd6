import { withTransaction } from '@watchkeeper/galley';
import type { Pool, PoolClient } from 'pg';
import type { PresenceState } from '../protocol/messages.ts';

/** Publishes changed users in the transaction of the change. */
type PublishChange = (userIds: readonly string[], client: PoolClient) => Promise<void>;

interface Change {
  readonly online: readonly string[];
  readonly offline: readonly string[];
}

interface StateRow {
  readonly userId: string;
  readonly isOnline: boolean;
  readonly lastSeenAt: Date | null;
}

export type PresenceStore = ReturnType<typeof createPresenceStore>;

/** Creates the store of one instance: the users connected to it, under a lease. */
export function createPresenceStore(
  pool: Pool,
  { instanceId, leaseMs }: { instanceId: string; leaseMs: number },
) {
  return {
    /** Resolves to true if the instance had no lease, so that its users must be written again. */
    async renewLease(): Promise<boolean> {
      const { rows } = await pool.query<{ isNew: boolean }>(
        `INSERT INTO realtime.instances (id, expires_at)
         VALUES ($1, now() + make_interval(secs => $2))
         ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at
         RETURNING xmax = 0 AS "isNew"`,
        [instanceId, leaseMs / 1_000],
      );
      return rows[0]?.isNew ?? false;
    },
    /** Ends the lease, and takes all users of this instance offline. */
    endLease: (publish: PublishChange) => removeInstances(pool, publish, 'id = $1', [instanceId]),
    /** Removes the instances with an expired lease. */
    removeExpired: (publish: PublishChange) =>
      removeInstances(pool, publish, 'expires_at < now()', []),
    write: ({ online, offline }: Change, publish: PublishChange) =>
      withTransaction(pool, async (client) => {
        await client.query(
          `INSERT INTO realtime.presence (user_id, instance_id)
           SELECT unnest($1::uuid[]), $2 ON CONFLICT DO NOTHING`,
          [online, instanceId],
        );
        await client.query(
          `DELETE FROM realtime.presence WHERE user_id = ANY($1::uuid[]) AND instance_id = $2`,
          [offline, instanceId],
        );
        await writeLastSeen(client, offline);
        await publish([...online, ...offline], client);
      }),
    async statesOf(userIds: readonly string[]): Promise<readonly PresenceState[]> {
      const { rows } = await pool.query<StateRow>(statesStatement, [userIds]);
      return rows.map(({ userId, isOnline, lastSeenAt }) => {
        if (isOnline) return { userId, status: 'online' };
        const lastSeen = lastSeenAt === null ? {} : { lastSeenAt: lastSeenAt.toISOString() };
        return { userId, status: 'offline', ...lastSeen };
      });
    },
  };
}

// Users may hide when they were last seen, but not whether they are online.
const statesStatement = `
  SELECT u.id AS "userId",
    CASE WHEN v.last_seen_visible IS NOT FALSE THEN s.seen_at END AS "lastSeenAt",
    EXISTS (
    SELECT FROM realtime.presence p JOIN realtime.instances i ON i.id = p.instance_id
    WHERE p.user_id = u.id AND i.expires_at > now()
  ) AS "isOnline"
  FROM unnest($1::uuid[]) AS u (id) LEFT JOIN realtime.last_seen s ON s.user_id = u.id
  LEFT JOIN users.privacy_settings v ON v.user_id = u.id`;

async function writeLastSeen(client: PoolClient, userIds: readonly string[]): Promise<void> {
  // In the order of the ids, so that two instances never wait for each other.
  await client.query(
    `INSERT INTO realtime.last_seen (user_id, seen_at)
     SELECT DISTINCT id, now() FROM unnest($1::uuid[]) AS u (id) ORDER BY id
     ON CONFLICT (user_id) DO UPDATE SET seen_at = excluded.seen_at`,
    [userIds],
  );
}

/** @param condition a constant, never from a caller */
function removeInstances(
  pool: Pool,
  publish: PublishChange,
  condition: string,
  values: readonly unknown[],
): Promise<void> {
  return withTransaction(pool, async (client) => {
    const removed = await client.query<{ id: string }>(
      `SELECT id FROM realtime.instances WHERE ${condition} FOR UPDATE SKIP LOCKED`,
      [...values],
    );
    if (removed.rows.length === 0) return;
    const ids = removed.rows.map(({ id }) => id);
    const { rows } = await client.query<{ id: string }>(
      'DELETE FROM realtime.presence WHERE instance_id = ANY($1::uuid[]) RETURNING user_id AS id',
      [ids],
    );
    await client.query('DELETE FROM realtime.instances WHERE id = ANY($1::uuid[])', [ids]);
    const userIds = rows.map(({ id }) => id);
    await writeLastSeen(client, userIds);
    await publish(userIds, client);
  });
}
