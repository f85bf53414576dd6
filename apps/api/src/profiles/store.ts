import { execute, queryRow } from '@watchkeeper/galley';
import type { Pool } from 'pg';
import type { Privacy, ProfileChange } from './schema.ts';

export function findOwnProfile(pool: Pool, userId: string): Promise<object | undefined> {
  return queryRow(pool)`
    SELECT u.id, u.phone, p.display_name AS "displayName", p.bio, p.avatar_url AS "avatarUrl",
      ARRAY[u.role] AS roles, u.country, u.region, u.time_zone AS "timeZone",
      u.created_at AS "createdAt"
    FROM accounts.users u JOIN users.profiles p ON p.user_id = u.id WHERE u.id = ${userId}`;
}

export async function changeProfile(
  pool: Pool,
  userId: string,
  { displayName, bio, avatarUrl, timeZone }: ProfileChange,
): Promise<void> {
  // Null is a value, so a flag marks the values sent.
  await execute(pool)`
    WITH zone AS (
      UPDATE accounts.users SET time_zone = ${timeZone}, updated_at = now()
      WHERE id = ${userId} AND ${timeZone !== undefined}
    )
    UPDATE users.profiles SET
      display_name = coalesce(${displayName}, display_name),
      bio = CASE WHEN ${bio !== undefined} THEN ${bio} ELSE bio END,
      avatar_url = CASE WHEN ${avatarUrl !== undefined} THEN ${avatarUrl} ELSE avatar_url END,
      updated_at = now()
    WHERE user_id = ${userId}`;
}

export function findPrivacy(pool: Pool, userId: string): Promise<Privacy | undefined> {
  return queryRow<Privacy>(pool)`
    SELECT phone_visible AS "phoneVisible", profile_visible AS "profileVisible",
      last_seen_visible AS "lastSeenVisible"
    FROM users.privacy_settings WHERE user_id = ${userId}`;
}

export async function setPrivacy(pool: Pool, userId: string, privacy: Privacy): Promise<void> {
  await execute(pool)`
    UPDATE users.privacy_settings SET phone_visible = ${privacy.phoneVisible},
      profile_visible = ${privacy.profileVisible},
      last_seen_visible = ${privacy.lastSeenVisible}, updated_at = now()
    WHERE user_id = ${userId}`;
}

interface PublicRow extends Privacy {
  readonly id: string;
  readonly displayName: string;
  readonly bio: string | null;
  readonly avatarUrl: string | null;
  readonly phone: string;
  readonly lastSeenAt: Date | null;
}

/** As seen by others; private fields are absent. Undefined if the user has blocked the viewer. */
export async function findPublicProfile(
  pool: Pool,
  userId: string,
  viewerId: string,
): Promise<object | undefined> {
  const row = await queryRow<PublicRow>(pool)`
    SELECT u.id, p.display_name AS "displayName", p.bio, p.avatar_url AS "avatarUrl", u.phone,
      (SELECT max(last_used_at) FROM accounts.sessions s WHERE s.user_id = u.id) AS "lastSeenAt",
      v.phone_visible AS "phoneVisible", v.profile_visible AS "profileVisible",
      v.last_seen_visible AS "lastSeenVisible"
    FROM accounts.users u
    JOIN users.profiles p ON p.user_id = u.id
    JOIN users.privacy_settings v ON v.user_id = u.id
    WHERE u.id = ${userId} AND NOT EXISTS (
      SELECT FROM users.blocked_users b WHERE b.user_id = u.id AND b.blocked_id = ${viewerId}
    )`;
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
