import { isIP } from 'node:net';
import type { ClientBase, Pool } from 'pg';
import type { AuthFailureReason } from './catalogue.ts';

/** One login, as its user sees it. */
export interface LoginRecord {
  readonly at: Date;
  readonly result: 'success' | 'failure';
  readonly reason: string | null;
  readonly deviceName: string | null;
  readonly address: string | null;
}

/** From where somebody logs in. */
export interface Origin {
  readonly deviceName?: string | undefined;
  /** As a proxy in front may have said it, so anything. */
  readonly address?: string | undefined;
}

/** Writes a login down; `reason` says why it failed. */
export async function recordLogin(
  client: ClientBase | Pool,
  userId: string,
  { deviceName, address, reason }: Origin & { reason?: AuthFailureReason },
): Promise<void> {
  await client.query(
    `INSERT INTO accounts.logins (user_id, result, reason, device_name, address)
     VALUES ($1, $2, $3, $4, $5)`,
    [
      userId,
      reason === undefined ? 'success' : 'failure',
      reason,
      deviceName,
      isIP(address ?? '') === 0 ? undefined : address,
    ],
  );
}

/** A user's latest logins, newest first. */
export async function listLogins(
  pool: Pool,
  userId: string,
  limit: number,
): Promise<readonly LoginRecord[]> {
  const { rows } = await pool.query<LoginRecord>(
    `SELECT at, result, reason, device_name AS "deviceName", host(address) AS address
     FROM accounts.logins WHERE user_id = $1 ORDER BY id DESC LIMIT $2`,
    [userId, limit],
  );
  return rows;
}
