import { createHash, randomBytes } from 'node:crypto';
import { execute, isLiveSession, type Queryable, queryRow, queryRows } from '@watchkeeper/galley';
import type { ClientBase, Pool } from 'pg';

/** As reported by the client. */
interface Device {
  readonly deviceId: string;
  readonly deviceName?: string | undefined;
}

interface Session {
  readonly id: string;
  readonly deviceId: string;
  readonly deviceName: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
}

export interface SessionLimits {
  readonly maxSessions: number;
  readonly maxDays: number;
}

// Source: the second seed, "Refresh Token: 7 days". Each refresh restarts it, up to `maxDays`.
const lifetimeDays = 7;

/**
 * Replaces the device's session. A user with `maxSessions` others loses the least recently used.
 * @returns its id
 */
export async function insertSession(
  client: ClientBase,
  userId: string,
  { device, maxSessions, maxDays }: { device: Device } & SessionLimits,
): Promise<string> {
  const { deviceId, deviceName } = device;
  // Serializes the logins of one user, so that the limit holds.
  await execute(client)`SELECT FROM accounts.users WHERE id = ${userId} FOR UPDATE`;
  await execute(client)`
    UPDATE accounts.sessions SET revoked_at = now()
    WHERE user_id = ${userId} AND revoked_at IS NULL AND (device_id = ${deviceId} OR id IN (
      SELECT id FROM accounts.sessions
      WHERE user_id = ${userId} AND revoked_at IS NULL AND device_id <> ${deviceId}
      ORDER BY last_used_at DESC OFFSET ${maxSessions - 1}
    ))`;
  const session = await queryRow<{ id: string }>(client)`
    INSERT INTO accounts.sessions (user_id, device_id, device_name, expires_at)
    VALUES (${userId}, ${deviceId}, ${deviceName},
      now() + make_interval(days => ${Math.min(lifetimeDays, maxDays)}))
    RETURNING id`;
  if (session !== undefined) return session.id;
  throw new Error('Expected the database to return the new session.');
}

/** Stored in place of the token, so that a leaked table is useless. 256 random bits need no salt. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Stores the digest of a new refresh token, which ends with its session, and deletes expired ones. */
export async function issueRefreshToken(client: ClientBase, sessionId: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await execute(client)`
    DELETE FROM accounts.refresh_tokens WHERE session_id = ${sessionId} AND expires_at < now()`;
  await execute(client)`
    INSERT INTO accounts.refresh_tokens (digest, session_id, expires_at)
    SELECT ${digestOf(token)}, id, expires_at FROM accounts.sessions WHERE id = ${sessionId}`;
  return token;
}

export interface RefreshTokenState {
  readonly sessionId: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly isUsed: boolean;
  readonly isLive: boolean;
}

/** Locks the token and its session until the transaction ends. */
export function lockRefreshToken(client: ClientBase, token: string) {
  return queryRow<RefreshTokenState>(client)`
    SELECT s.id AS "sessionId", s.user_id AS "userId", s.device_id AS "deviceId",
      t.used_at IS NOT NULL AS "isUsed",
      ${isLiveSession('s')} AND t.expires_at > now() AS "isLive"
    FROM accounts.refresh_tokens t JOIN accounts.sessions s ON s.id = t.session_id
    WHERE t.digest = ${digestOf(token)} FOR UPDATE`;
}

/** Marks a refresh token as used and extends its session, up to `maxDays` after the login. */
export async function useRefreshToken(
  client: ClientBase,
  token: string,
  { maxDays }: Pick<SessionLimits, 'maxDays'>,
): Promise<void> {
  await execute(client)`
    WITH used AS (
      UPDATE accounts.refresh_tokens SET used_at = now() WHERE digest = ${digestOf(token)}
      RETURNING session_id
    )
    UPDATE accounts.sessions
    SET last_used_at = now(), expires_at = least(now() + make_interval(days => ${lifetimeDays}),
      created_at + make_interval(days => ${maxDays}))
    WHERE id = (SELECT session_id FROM used)`;
}

/** Whether the user has signed in on this device within the lifetime of a session. */
export async function hasDevice(pool: Pool, userId: string, deviceId: string): Promise<boolean> {
  const found = await execute(pool)`
    SELECT FROM accounts.sessions WHERE user_id = ${userId} AND device_id = ${deviceId} LIMIT 1`;
  return found === 1;
}

/** Resolves to the ids of the revoked sessions. */
export async function revokeSessions(
  client: Queryable,
  userId: string,
  { only, except }: { only?: string; except?: string } = {},
): Promise<readonly string[]> {
  const rows = await queryRows<{ id: string }>(client)`
    UPDATE accounts.sessions SET revoked_at = now()
    WHERE user_id = ${userId} AND revoked_at IS NULL
      AND (${only}::uuid IS NULL OR id = ${only}) AND (${except}::uuid IS NULL OR id <> ${except})
    RETURNING id`;
  return rows.map(({ id }) => id);
}

/** A user's live sessions, most recently used first. */
export function listSessions(pool: Pool, userId: string): Promise<readonly Session[]> {
  return queryRows<Session>(pool)`
    SELECT id, device_id AS "deviceId", device_name AS "deviceName", created_at AS "createdAt",
      last_used_at AS "lastUsedAt", expires_at AS "expiresAt"
    FROM accounts.sessions s WHERE user_id = ${userId} AND ${isLiveSession('s')}
    ORDER BY last_used_at DESC`;
}
