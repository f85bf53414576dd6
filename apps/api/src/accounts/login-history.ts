import { isIP } from 'node:net';
import type { Pool } from 'pg';
import type { Queryable } from '../ledger/wallets.ts';
import type { AuthFailureReason } from './catalogue.ts';

export interface Origin {
  readonly deviceName?: string | undefined;
  /** From a proxy's header, so not necessarily an address. */
  readonly address?: string | undefined;
}

/** Records a login, failed if there is a `reason`. */
export async function recordLogin(
  client: Queryable,
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

/** Newest first. */
export async function listLogins(pool: Pool, userId: string, limit: number) {
  const { rows } = await pool.query<object>(
    `SELECT at, result, reason, device_name AS "deviceName", host(address) AS address
     FROM accounts.logins WHERE user_id = $1 ORDER BY id DESC LIMIT $2`,
    [userId, limit],
  );
  return rows;
}
