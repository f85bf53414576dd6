import { isIP } from 'node:net';
import { execute, type Queryable, queryRows } from '@watchkeeper/galley';
import type { Pool } from 'pg';
import type { AuthFailureReason } from './catalogue.ts';

interface Login {
  readonly deviceName?: string | undefined;
  /** From a proxy's header, so not necessarily an address. */
  readonly address?: string | undefined;
  /** Present if the login failed. */
  readonly reason?: AuthFailureReason;
}

export async function recordLogin(
  client: Queryable,
  userId: string,
  { deviceName, address = '', reason }: Login,
): Promise<void> {
  const result = reason === undefined ? 'success' : 'failure';
  await execute(client)`
    INSERT INTO accounts.logins (user_id, result, reason, device_name, address)
    VALUES (${userId}, ${result}, ${reason}, ${deviceName}, ${isIP(address) ? address : null})`;
}

/** Newest first. */
export function listLogins(pool: Pool, userId: string, limit: number) {
  return queryRows<object>(pool)`
    SELECT at, result, reason, device_name AS "deviceName", host(address) AS address
    FROM accounts.logins WHERE user_id = ${userId} ORDER BY id DESC LIMIT ${limit}`;
}
