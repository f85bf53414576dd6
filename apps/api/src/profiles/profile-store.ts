import type { Pool } from 'pg';
import type { Privacy, ProfileChange } from './schema.ts';

/** As seen by others; absent fields are private. */
export interface PublicProfile {
  readonly id: string;
  readonly displayName: string;
  readonly bio?: string | null;
  readonly avatarUrl?: string | null;
  readonly phone?: string;
  readonly lastSeenAt?: Date | null;
}

export type ProfileStore = ReturnType<typeof createProfileStore>;

export function createProfileStore(pool: Pool) {
  return {
    async findOwn(userId: string): Promise<object | undefined> {
      const { rows } = await pool.query<object>(
        `SELECT u.id, u.phone, p.display_name AS "displayName", p.bio, p.avatar_url AS "avatarUrl",
           ARRAY[u.role] AS roles, u.country, u.region, u.time_zone AS "timeZone",
           u.created_at AS "createdAt"
         FROM accounts.users u JOIN users.profiles p ON p.user_id = u.id WHERE u.id = $1`,
        [userId],
      );
      return rows[0];
    },
    change: (userId: string, change: ProfileChange) => changeProfile(pool, userId, change),
    /** Undefined if the user has blocked the viewer. */
    findPublic: (userId: string, viewerId: string) => findPublic(pool, userId, viewerId),
    async findPrivacy(userId: string): Promise<Privacy | undefined> {
      const { rows } = await pool.query<Privacy>(
        `SELECT phone_visible AS "phoneVisible", profile_visible AS "profileVisible",
           last_seen_visible AS "lastSeenVisible"
         FROM users.privacy_settings WHERE user_id = $1`,
        [userId],
      );
      return rows[0];
    },
    async setPrivacy(userId: string, privacy: Privacy): Promise<void> {
      const { phoneVisible, profileVisible, lastSeenVisible } = privacy;
      await pool.query(
        `UPDATE users.privacy_settings
         SET phone_visible = $2, profile_visible = $3, last_seen_visible = $4, updated_at = now()
         WHERE user_id = $1`,
        [userId, phoneVisible, profileVisible, lastSeenVisible],
      );
    },
  };
}

async function changeProfile(pool: Pool, userId: string, change: ProfileChange): Promise<void> {
  // Each value has a flag whether it was sent, because null is a value.
  await pool.query(
    `WITH zone AS (
       UPDATE accounts.users SET time_zone = $7, updated_at = now() WHERE id = $1 AND $8
     )
     UPDATE users.profiles SET
       display_name = coalesce($2, display_name),
       bio = CASE WHEN $4 THEN $3 ELSE bio END,
       avatar_url = CASE WHEN $6 THEN $5 ELSE avatar_url END,
       updated_at = now()
     WHERE user_id = $1`,
    [
      userId,
      change.displayName,
      ...[change.bio, change.bio !== undefined],
      ...[change.avatarUrl, change.avatarUrl !== undefined],
      ...[change.timeZone, change.timeZone !== undefined],
    ],
  );
}

type PublicRow = Privacy & Required<PublicProfile>;

async function findPublic(
  pool: Pool,
  userId: string,
  viewerId: string,
): Promise<PublicProfile | undefined> {
  const { rows } = await pool.query<PublicRow>(
    `SELECT u.id, p.display_name AS "displayName", p.bio, p.avatar_url AS "avatarUrl", u.phone,
       (SELECT max(last_used_at) FROM accounts.sessions s WHERE s.user_id = u.id) AS "lastSeenAt",
       v.phone_visible AS "phoneVisible", v.profile_visible AS "profileVisible",
       v.last_seen_visible AS "lastSeenVisible"
     FROM accounts.users u
     JOIN users.profiles p ON p.user_id = u.id
     JOIN users.privacy_settings v ON v.user_id = u.id
     WHERE u.id = $1 AND u.verified_at IS NOT NULL AND NOT EXISTS (
       SELECT FROM users.blocked_users b WHERE b.user_id = u.id AND b.blocked_id = $2
     )`,
    [userId, viewerId],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { id, displayName, bio, avatarUrl, phone, lastSeenAt } = row;
  return {
    id,
    displayName,
    ...(row.profileVisible ? { bio, avatarUrl } : {}),
    ...(row.phoneVisible ? { phone } : {}),
    ...(row.lastSeenVisible ? { lastSeenAt } : {}),
  };
}
