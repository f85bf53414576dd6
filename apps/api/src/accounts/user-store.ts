import { execute, type Queryable, queryRow, type Role, sql } from '@watchkeeper/galley';
import type { ClientBase } from 'pg';
import type { PhoneLocation } from './location.ts';

export interface Account {
  readonly id: string;
  readonly phone: string;
  readonly passwordHash: string;
  readonly role: Role;
  readonly displayName: string;
}

interface NewAccount extends Omit<Account, 'id' | 'role'> {
  readonly role?: Role;
  readonly location: PhoneLocation;
}

const select = sql`SELECT u.id, u.phone, u.password_hash AS "passwordHash", u.role,
    p.display_name AS "displayName"
  FROM accounts.users u JOIN users.profiles p ON p.user_id = u.id`;

export function findByPhone(client: Queryable, phone: string) {
  return queryRow<Account>(client)`${select} WHERE u.phone = ${phone}`;
}

export function findById(client: Queryable, id: string) {
  return queryRow<Account>(client)`${select} WHERE u.id = ${id}`;
}

/**
 * Creates a user whose number is confirmed.
 * @returns the id, or undefined if the number is taken
 */
export async function insertAccount(
  client: ClientBase,
  { phone, passwordHash, role = 'customer', displayName, location }: NewAccount,
): Promise<string | undefined> {
  const { country, region, timeZone } = location;
  const user = await queryRow<{ id: string }>(client)`
    INSERT INTO accounts.users (phone, password_hash, role, country, region, time_zone)
    VALUES (${phone}, ${passwordHash}, ${role}, ${country}, ${region}, ${timeZone})
    ON CONFLICT (phone) DO NOTHING RETURNING id`;
  if (user !== undefined) await saveProfile(client, user.id, displayName);
  return user?.id;
}

/** Creates or renames the profile, and creates the privacy settings. */
export async function saveProfile(client: ClientBase, id: string, displayName: string) {
  await execute(client)`
    INSERT INTO users.profiles (user_id, display_name) VALUES (${id}, ${displayName})
    ON CONFLICT (user_id) DO UPDATE SET display_name = excluded.display_name, updated_at = now()`;
  await execute(client)`
    INSERT INTO users.privacy_settings (user_id) VALUES (${id}) ON CONFLICT DO NOTHING`;
}

export async function setPasswordHash(client: Queryable, id: string, passwordHash: string) {
  await execute(client)`
    UPDATE accounts.users SET password_hash = ${passwordHash}, updated_at = now() WHERE id = ${id}`;
}
