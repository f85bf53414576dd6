import { queryRow, withTransaction } from '@watchkeeper/galley';
import { ConfigurationError } from '@watchkeeper/telemetry';
import type { ClientBase, Pool } from 'pg';
import type { AccountsConfiguration } from './config.ts';
import { createUnboundedHasher } from './password-hasher.ts';
import { forgetRegistration } from './registration-store.ts';
import { revokeSessions } from './session-store.ts';
import { findByPhone, saveProfile } from './user-store.ts';

/**
 * Creates or updates the configured administrator at the start. A changed password ends the sessions
 * of the old one.
 * @throws ConfigurationError if the number belongs to another user
 */
export async function ensureAdministrator(
  pool: Pool,
  { administrator, hashing }: Pick<AccountsConfiguration, 'administrator' | 'hashing'>,
): Promise<void> {
  if (administrator === undefined) return;
  const { phone, password } = administrator;
  const hasher = createUnboundedHasher(hashing);
  const found = await findByPhone(pool, phone);
  if (found?.role === 'admin') {
    const { isMatch, newHash } = await hasher.verify(found.passwordHash, password);
    if (isMatch && newHash === undefined) return;
  }
  const passwordHash = await hasher.hash(password);
  await withTransaction(pool, (client) => install(client, phone, passwordHash));
}

/** A registration that waits for its code loses the number; a user keeps it. */
async function install(client: ClientBase, phone: string, passwordHash: string): Promise<void> {
  const user = await queryRow<{ id: string }>(client)`
    INSERT INTO accounts.users AS u (phone, password_hash, role)
    VALUES (${phone}, ${passwordHash}, 'admin')
    ON CONFLICT (phone) DO UPDATE SET
      password_hash = excluded.password_hash, updated_at = now()
    WHERE u.role = 'admin'
    RETURNING id`;
  if (user === undefined) {
    throw new ConfigurationError([
      `Expected \`ADMIN_PHONE\` to be a number that no other user has, got \`${phone}\`.`,
    ]);
  }
  await forgetRegistration(client, phone);
  await saveProfile(client, user.id, 'Administrator');
  await revokeSessions(client, user.id);
}
