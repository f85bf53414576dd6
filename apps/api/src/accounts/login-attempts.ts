import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { LockoutConfiguration } from './config.ts';

export type Attempt =
  | { readonly isLocked: true; readonly lockedUntil: Date }
  /** If `lockedUntil` is set and this attempt fails, the number is locked. */
  | { readonly isLocked: false; readonly lockedUntil: Date | undefined };

/** Counts consecutive failures by number, registered or not, and locks the number past the limit. */
export interface LoginAttempts {
  /**
   * Counts an attempt as failed before it is judged: a hundred guesses at once are no more than
   * the limit. Then `succeed` or `withdraw` says otherwise.
   */
  begin(phone: string): Promise<Attempt>;
  /** The password was right: resets the failures. */
  succeed(phone: string): Promise<void>;
  /** The attempt could not be checked and does not count. */
  withdraw(phone: string): Promise<void>;
}

export function createLoginAttempts(
  pool: Pool,
  { failures, seconds }: LockoutConfiguration,
): LoginAttempts {
  return {
    async begin(phone) {
      const digest = digestOf(phone);
      const counted = await countAttempt(pool, digest, { failures, seconds });
      if (counted !== undefined)
        return { isLocked: false, lockedUntil: counted.until ?? undefined };
      const { rows } = await pool.query<{ until: Date | null }>(
        'SELECT locked_until AS until FROM accounts.login_attempts WHERE phone_digest = $1',
        [digest],
      );
      // The lock may have ended since; the caller comes again.
      return { isLocked: true, lockedUntil: rows[0]?.until ?? new Date() };
    },
    async succeed(phone) {
      await pool.query('DELETE FROM accounts.login_attempts WHERE phone_digest = $1', [
        digestOf(phone),
      ]);
    },
    async withdraw(phone) {
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
  // After a lock that is over counting starts anew.
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
