import { createHash, randomBytes } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { Queryable } from '../ledger/wallets.ts';

/** As reported by the client. */
export interface Device {
  readonly deviceId: string;
  readonly deviceName?: string | undefined;
}

export interface Session {
  readonly id: string;
  readonly deviceId: string;
  readonly deviceName: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
}

// Source: the second seed, "Refresh Token: 7 days". Each refresh restarts it.
const lifetimeDays = 7;

/**
 * Replaces the device's session. A user with `maxSessions` others loses the least recently used.
 * @returns its id
 */
export async function insertSession(
  client: ClientBase,
  userId: string,
  { device, maxSessions }: { device: Device; maxSessions: number },
): Promise<string> {
  // Serializes the logins of one user, so that the limit holds.
  await client.query('SELECT FROM accounts.users WHERE id = $1 FOR UPDATE', [userId]);
  await client.query(
    `UPDATE accounts.sessions SET revoked_at = now()
     WHERE user_id = $1 AND revoked_at IS NULL AND (device_id = $2 OR id IN (
       SELECT id FROM accounts.sessions
       WHERE user_id = $1 AND revoked_at IS NULL AND device_id <> $2
       ORDER BY last_used_at DESC OFFSET $3
     ))`,
    [userId, device.deviceId, maxSessions - 1],
  );
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO accounts.sessions (user_id, device_id, device_name, expires_at)
     VALUES ($1, $2, $3, now() + make_interval(days => $4)) RETURNING id`,
    [userId, device.deviceId, device.deviceName, lifetimeDays],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('Expected the database to return the new session.');
  return id;
}

/** Stored in place of the token, so that a leaked table is useless. 256 random bits need no salt. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Stores the digest of a new refresh token and deletes the session's expired ones. */
export async function issueRefreshToken(client: ClientBase, sessionId: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await client.query(
    'DELETE FROM accounts.refresh_tokens WHERE session_id = $1 AND expires_at < now()',
    [sessionId],
  );
  await client.query(
    `INSERT INTO accounts.refresh_tokens (digest, session_id, expires_at)
     VALUES ($1, $2, now() + make_interval(days => $3))`,
    [digestOf(token), sessionId, lifetimeDays],
  );
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
export async function lockRefreshToken(client: ClientBase, token: string) {
  const { rows } = await client.query<RefreshTokenState>(
    `SELECT s.id AS "sessionId", s.user_id AS "userId", s.device_id AS "deviceId",
       t.used_at IS NOT NULL AS "isUsed",
       s.revoked_at IS NULL AND s.expires_at > now() AND t.expires_at > now() AS "isLive"
     FROM accounts.refresh_tokens t JOIN accounts.sessions s ON s.id = t.session_id
     WHERE t.digest = $1 FOR UPDATE`,
    [digestOf(token)],
  );
  return rows[0];
}

/** Marks a refresh token as used and extends its session. */
export async function useRefreshToken(client: ClientBase, token: string): Promise<void> {
  await client.query(
    `WITH used AS (
       UPDATE accounts.refresh_tokens SET used_at = now() WHERE digest = $1 RETURNING session_id
     )
     UPDATE accounts.sessions SET last_used_at = now(), expires_at = now() + make_interval(days => $2)
     WHERE id = (SELECT session_id FROM used)`,
    [digestOf(token), lifetimeDays],
  );
}

/** Resolves to the ids of the revoked sessions. */
export async function revokeSessions(
  client: Queryable,
  userId: string,
  { only, except }: { only?: string; except?: string } = {},
): Promise<readonly string[]> {
  const { rows } = await client.query<{ id: string }>(
    `UPDATE accounts.sessions SET revoked_at = now()
     WHERE user_id = $1 AND revoked_at IS NULL
       AND ($2::uuid IS NULL OR id = $2) AND ($3::uuid IS NULL OR id <> $3)
     RETURNING id`,
    [userId, only, except],
  );
  return rows.map(({ id }) => id);
}

/** A user's live sessions, most recently used first. */
export async function listSessions(pool: Pool, userId: string): Promise<readonly Session[]> {
  const { rows } = await pool.query<Session>(
    `SELECT id, device_id AS "deviceId", device_name AS "deviceName", created_at AS "createdAt",
       last_used_at AS "lastUsedAt", expires_at AS "expiresAt"
     FROM accounts.sessions WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now()
     ORDER BY last_used_at DESC`,
    [userId],
  );
  return rows;
}
