import { createHash } from 'node:crypto';
import { callerAddress, execute, queryRow, sql } from '@watchkeeper/galley';
import type { Pool } from 'pg';
import type { LockoutConfiguration } from './config.ts';

/** Who tries to log in with a number. */
export interface LoginAttempt {
  readonly phone: string;
  readonly address: string | undefined;
  /** A device on which the number's owner has signed in before; undefined for any other. */
  readonly knownDevice: string | undefined;
}

/** Why an attempt is not made. */
export type BlockedStart =
  | { readonly state: 'locked'; readonly lockedUntil: Date }
  /** Too many others try this number at present. */
  | { readonly state: 'slowed'; readonly retryAfterSeconds: number };

type Start =
  | BlockedStart
  /** If `lockedUntil` is set and this attempt fails, its address or device is locked. */
  | { readonly state: 'open'; readonly lockedUntil: Date | undefined };

export type LoginAttempts = ReturnType<typeof createLoginAttempts>;

/**
 * Counts consecutive failures by number and address, the number registered or not, and locks only that
 * pair: a stranger who guesses can't lock the owner out. The owner's known devices are counted by
 * themselves. All other attempts with one number, of however many addresses, share a rate once they
 * have failed too often.
 */
export function createLoginAttempts(pool: Pool, lockout: LockoutConfiguration) {
  const { slowSeconds } = lockout;
  return {
    /**
     * Counts the attempt as failed before it is checked, so that parallel guesses can't exceed the
     * limit; `succeed` or `withdraw` corrects it.
     */
    async start(attempt: LoginAttempt): Promise<Start> {
      const own = ownSubject(attempt);
      const counted = await countOwn(pool, own, lockout);
      if (counted === undefined) {
        const locked = await queryRow<{ until: Date | null }>(pool)`
          SELECT locked_until AS until FROM accounts.login_attempts WHERE subject = ${own}`;
        // The lock may have expired meanwhile; the caller tries again.
        return { state: 'locked', lockedUntil: locked?.until ?? new Date() };
      }
      const isKnown = attempt.knownDevice !== undefined;
      if (!isKnown && !(await countShared(pool, sharedSubject(attempt), lockout))) {
        await uncount(pool, own);
        return { state: 'slowed', retryAfterSeconds: slowSeconds };
      }
      return { state: 'open', lockedUntil: counted.until ?? undefined };
    },
    /** The password was right: resets the failures of this address or device alone. */
    async succeed(attempt: LoginAttempt): Promise<void> {
      const shared = sharedSubject(attempt);
      const isShared = attempt.knownDevice === undefined;
      await execute(pool)`
        DELETE FROM accounts.login_attempts WHERE subject = ${ownSubject(attempt)}
          OR (${isShared} AND subject = ${shared} AND failures <= 1)`;
      if (isShared) await uncount(pool, shared);
    },
    /** The attempt could not be checked and does not count. */
    async withdraw(attempt: LoginAttempt): Promise<void> {
      await uncount(pool, ownSubject(attempt));
      if (attempt.knownDevice === undefined) await uncount(pool, sharedSubject(attempt));
    },
  };
}

/** Numbers typed by strangers are not stored in the clear. */
function digestOf(...parts: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}

function ownSubject({ phone, address, knownDevice }: LoginAttempt): Buffer {
  if (knownDevice !== undefined) return digestOf(phone, 'device', knownDevice);
  return digestOf(phone, 'address', callerAddress(address));
}

const sharedSubject = ({ phone }: LoginAttempt) => digestOf(phone);

/** Undefined while it is locked. */
function countOwn(pool: Pool, subject: Buffer, { failures, seconds }: LockoutConfiguration) {
  const lockEnd = sql`now() + make_interval(secs => ${seconds})`;
  // Counting restarts after an expired lock.
  const count = sql`CASE WHEN a.locked_until IS NULL THEN a.failures + 1 ELSE 1 END`;
  return queryRow<{ until: Date | null }>(pool)`
    INSERT INTO accounts.login_attempts AS a (subject, failures, locked_until, changed_at)
    VALUES (${subject}, 1, CASE WHEN 1 >= ${failures} THEN ${lockEnd} END, now())
    ON CONFLICT (subject) DO UPDATE SET failures = ${count},
      locked_until = CASE WHEN (${count}) >= ${failures} THEN ${lockEnd} END, changed_at = now()
    WHERE a.locked_until IS NULL OR a.locked_until <= now()
    RETURNING locked_until AS until`;
}

/** Whether it may be tried: past the limit, only once in a while. Forgotten as long as a lock lasts. */
async function countShared(pool: Pool, subject: Buffer, lockout: LockoutConfiguration) {
  const { slowAfter, slowSeconds, seconds } = lockout;
  const isOld = sql`a.changed_at < now() - make_interval(secs => ${seconds})`;
  const counted = await execute(pool)`
    INSERT INTO accounts.login_attempts AS a (subject, failures, changed_at)
    VALUES (${subject}, 1, now())
    ON CONFLICT (subject) DO UPDATE SET changed_at = now(),
      failures = CASE WHEN ${isOld} THEN 1 ELSE a.failures + 1 END
    WHERE a.failures < ${slowAfter}
      OR a.changed_at <= now() - make_interval(secs => ${slowSeconds})`;
  return counted === 1;
}

async function uncount(pool: Pool, subject: Buffer): Promise<void> {
  await execute(pool)`
    UPDATE accounts.login_attempts SET failures = greatest(failures - 1, 0), locked_until = NULL
    WHERE subject = ${subject}`;
}
