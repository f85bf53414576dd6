import type { Role } from '@watchkeeper/galley';
import type { ClientBase } from 'pg';
import type { Queryable } from '../ledger/wallets.ts';
import type { PhoneLocation } from './location.ts';

export interface Account {
  readonly id: string;
  readonly phone: string;
  readonly passwordHash: string;
  readonly role: Role;
  readonly displayName: string;
  readonly isVerified: boolean;
}

interface NewAccount extends Omit<Account, 'id' | 'isVerified'> {
  readonly location: PhoneLocation;
}

const select = `SELECT u.id, u.phone, u.password_hash AS "passwordHash", u.role,
    p.display_name AS "displayName", u.verified_at IS NOT NULL AS "isVerified"
  FROM accounts.users u JOIN users.profiles p ON p.user_id = u.id`;

export async function findByPhone(client: Queryable, phone: string) {
  return (await client.query<Account>(`${select} WHERE u.phone = $1`, [phone])).rows[0];
}

export async function findById(client: Queryable, id: string) {
  return (await client.query<Account>(`${select} WHERE u.id = $1`, [id])).rows[0];
}

/**
 * Creates a user. It replaces an unverified one whose code has expired: otherwise a stranger could
 * reserve a number forever by registering it.
 * @returns the id, or undefined if the number is taken
 */
export async function insertAccount(
  client: ClientBase,
  { phone, passwordHash, role, displayName, location }: NewAccount,
): Promise<string | undefined> {
  const { country, region, timeZone } = location;
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO accounts.users AS u (phone, password_hash, role, country, region, time_zone)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (phone) DO UPDATE SET
       password_hash = excluded.password_hash, role = excluded.role, updated_at = now()
     WHERE u.verified_at IS NULL AND NOT EXISTS (
       SELECT FROM accounts.one_time_codes c WHERE c.user_id = u.id AND c.expires_at > now()
     )
     RETURNING id`,
    [phone, passwordHash, role, country, region, timeZone],
  );
  const id = rows[0]?.id;
  if (id === undefined) return undefined;
  await saveProfile(client, id, displayName);
  return id;
}

/** Creates or renames the profile, and creates the privacy settings. */
export async function saveProfile(client: ClientBase, id: string, displayName: string) {
  await client.query(
    `INSERT INTO users.profiles (user_id, display_name) VALUES ($1, $2)
     ON CONFLICT (user_id) DO UPDATE SET display_name = excluded.display_name, updated_at = now()`,
    [id, displayName],
  );
  await client.query(
    'INSERT INTO users.privacy_settings (user_id) VALUES ($1) ON CONFLICT DO NOTHING',
    [id],
  );
}

export async function markVerified(client: ClientBase, id: string): Promise<void> {
  await client.query(
    'UPDATE accounts.users SET verified_at = now(), updated_at = now() WHERE id = $1',
    [id],
  );
}

export async function setPasswordHash(client: Queryable, id: string, passwordHash: string) {
  await client.query(
    'UPDATE accounts.users SET password_hash = $2, updated_at = now() WHERE id = $1',
    [id, passwordHash],
  );
}
