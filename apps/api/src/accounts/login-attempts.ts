import { createHash } from 'node:crypto';
import { execute, queryRow, sql } from '@watchkeeper/galley';
import type { Pool } from 'pg';
import type { LockoutConfiguration } from './config.ts';

type Attempt =
  | { readonly isLocked: true; readonly lockedUntil: Date }
  /** If `lockedUntil` is set and this attempt fails, the number is locked. */
  | { readonly isLocked: false; readonly lockedUntil: Date | undefined };

export type LoginAttempts = ReturnType<typeof createLoginAttempts>;

/** Counts consecutive failures by number, registered or not, and locks the number past the limit. */
export function createLoginAttempts(pool: Pool, lockout: LockoutConfiguration) {
  return {
    /**
     * Counts the attempt as failed before it is checked, so that parallel guesses can't exceed the
     * limit; `succeed` or `withdraw` corrects it.
     */
    async start(phone: string): Promise<Attempt> {
      const digest = digestOf(phone);
      const counted = await countAttempt(pool, digest, lockout);
      if (counted !== undefined) {
        return { isLocked: false, lockedUntil: counted.until ?? undefined };
      }
      const locked = await queryRow<{ until: Date | null }>(pool)`
        SELECT locked_until AS until FROM accounts.login_attempts WHERE phone_digest = ${digest}`;
      // The lock may have expired meanwhile; the caller tries again.
      return { isLocked: true, lockedUntil: locked?.until ?? new Date() };
    },
    /** The password was right: resets the failures. */
    async succeed(phone: string): Promise<void> {
      await execute(pool)`
        DELETE FROM accounts.login_attempts WHERE phone_digest = ${digestOf(phone)}`;
    },
    /** The attempt could not be checked and does not count. */
    async withdraw(phone: string): Promise<void> {
      await execute(pool)`
        UPDATE accounts.login_attempts SET failures = greatest(failures - 1, 0), locked_until = NULL
        WHERE phone_digest = ${digestOf(phone)}`;
    },
  };
}

/** Numbers typed by strangers are not stored in the clear. */
function digestOf(phone: string): Buffer {
  return createHash('sha256').update(phone).digest();
}

function countAttempt(pool: Pool, digest: Buffer, { failures, seconds }: LockoutConfiguration) {
  const lockEnd = sql`now() + make_interval(secs => ${seconds})`;
  // Counting restarts after an expired lock.
  const count = sql`CASE WHEN a.locked_until IS NULL THEN a.failures + 1 ELSE 1 END`;
  return queryRow<{ until: Date | null }>(pool)`
    INSERT INTO accounts.login_attempts AS a (phone_digest, failures, locked_until, changed_at)
    VALUES (${digest}, 1, CASE WHEN 1 >= ${failures} THEN ${lockEnd} END, now())
    ON CONFLICT (phone_digest) DO UPDATE SET failures = ${count},
      locked_until = CASE WHEN (${count}) >= ${failures} THEN ${lockEnd} END, changed_at = now()
    WHERE a.locked_until IS NULL OR a.locked_until <= now()
    RETURNING locked_until AS until`;
}
