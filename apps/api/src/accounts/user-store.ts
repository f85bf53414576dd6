import type { Role } from '@watchkeeper/galley';
import type { ClientBase, Pool } from 'pg';
import type { PhoneLocation } from './location.ts';

export interface Account {
  readonly id: string;
  readonly phone: string;
  readonly passwordHash: string;
  readonly role: Role;
  readonly displayName: string;
  readonly isVerified: boolean;
}

export interface NewAccount {
  readonly phone: string;
  readonly passwordHash: string;
  readonly role: Role;
  readonly displayName: string;
  readonly location: PhoneLocation;
}

const columns = `u.id, u.phone, u.password_hash AS "passwordHash", u.role,
  p.display_name AS "displayName", u.verified_at IS NOT NULL AS "isVerified"`;

export async function findByPhone(
  client: ClientBase | Pool,
  phone: string,
): Promise<Account | undefined> {
  const { rows } = await client.query<Account>(
    `SELECT ${columns} FROM accounts.users u JOIN users.profiles p ON p.user_id = u.id
     WHERE u.phone = $1`,
    [phone],
  );
  return rows[0];
}

export async function findById(
  client: ClientBase | Pool,
  id: string,
): Promise<Account | undefined> {
  const { rows } = await client.query<Account>(
    `SELECT ${columns} FROM accounts.users u JOIN users.profiles p ON p.user_id = u.id
     WHERE u.id = $1`,
    [id],
  );
  return rows[0];
}

/**
 * Makes a user. One who never proved to have the number gives way, once their code is over: else a
 * stranger could take a number for good by registering it.
 * @returns the id, or nothing where the number is taken
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
  await client.query(
    `INSERT INTO users.profiles (user_id, display_name) VALUES ($1, $2)
     ON CONFLICT (user_id) DO UPDATE SET display_name = excluded.display_name, updated_at = now()`,
    [id, displayName],
  );
  await client.query(
    'INSERT INTO users.privacy_settings (user_id) VALUES ($1) ON CONFLICT DO NOTHING',
    [id],
  );
  return id;
}

export async function markVerified(client: ClientBase, id: string): Promise<void> {
  await client.query(
    'UPDATE accounts.users SET verified_at = now(), updated_at = now() WHERE id = $1',
    [id],
  );
}

export async function setPasswordHash(
  client: ClientBase | Pool,
  id: string,
  passwordHash: string,
): Promise<void> {
  await client.query(
    'UPDATE accounts.users SET password_hash = $2, updated_at = now() WHERE id = $1',
    [id, passwordHash],
  );
}
