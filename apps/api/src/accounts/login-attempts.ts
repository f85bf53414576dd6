import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { LockoutConfiguration } from './config.ts';

export type Attempt =
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
      const { rows } = await pool.query<{ until: Date | null }>(
        'SELECT locked_until AS until FROM accounts.login_attempts WHERE phone_digest = $1',
        [digest],
      );
      // The lock may have expired meanwhile; the caller tries again.
      return { isLocked: true, lockedUntil: rows[0]?.until ?? new Date() };
    },
    /** The password was right: resets the failures. */
    async succeed(phone: string): Promise<void> {
      await pool.query('DELETE FROM accounts.login_attempts WHERE phone_digest = $1', [
        digestOf(phone),
      ]);
    },
    /** The attempt could not be checked and does not count. */
    async withdraw(phone: string): Promise<void> {
      await pool.query(
        `UPDATE accounts.login_attempts SET failures = greatest(failures - 1, 0), locked_until = NULL
         WHERE phone_digest = $1`,
        [digestOf(phone)],
      );
    },
  };
}

/** Numbers typed by strangers are not stored in the clear. */
function digestOf(phone: string): Buffer {
  return createHash('sha256').update(phone).digest();
}

async function countAttempt(
  pool: Pool,
  digest: Buffer,
  { failures, seconds }: LockoutConfiguration,
): Promise<{ until: Date | null } | undefined> {
  // Counting restarts after an expired lock.
  const count = 'CASE WHEN a.locked_until IS NULL THEN a.failures + 1 ELSE 1 END';
  const until = (n: string) => `CASE WHEN ${n} >= $2 THEN now() + make_interval(secs => $3) END`;
  const { rows } = await pool.query<{ until: Date | null }>(
    `INSERT INTO accounts.login_attempts AS a (phone_digest, failures, locked_until, changed_at)
     VALUES ($1, 1, ${until('1')}, now())
     ON CONFLICT (phone_digest) DO UPDATE SET
       failures = ${count}, locked_until = ${until(`(${count})`)}, changed_at = now()
     WHERE a.locked_until IS NULL OR a.locked_until <= now()
     RETURNING locked_until AS until`,
    [digest, failures, seconds],
  );
  return rows[0];
}
