import { withTransaction } from '@watchkeeper/galley';
import { HttpError, type Telemetry } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { isOwnNumber } from './common-passwords.ts';
import type { BlockedStart, LoginAttempt, LoginAttempts } from './login-attempts.ts';
import { recordLogin } from './login-history.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { createRefusals } from './refusals.ts';
import type { PasswordChange } from './schema.ts';
import { hasDevice } from './session-store.ts';
import type { Sessions, SignInOrigin, TokenAnswer } from './sessions.ts';
import { type Account, findById, findByPhone, setPasswordHash } from './user-store.ts';

interface LoginDependencies {
  readonly pool: Pool;
  readonly telemetry: Telemetry;
  readonly hasher: PasswordHasher;
  readonly attempts: LoginAttempts;
  readonly sessions: Sessions;
}

export function createLogins(dependencies: LoginDependencies) {
  const { pool, hasher, sessions } = dependencies;
  const check = createPasswordCheck(dependencies);

  return {
    /** @throws HttpError 401, 423 while the caller is locked, 429 while too many others try the number */
    async login(phone: string, password: string, origin: SignInOrigin): Promise<TokenAnswer> {
      const found = await findByPhone(pool, phone);
      const verdict = await check({ phone, account: found, password, origin });
      if (!verdict.isMatch) throw wrongCredentials();
      const { account, newHash } = verdict;
      return await withTransaction(pool, async (client) => {
        if (newHash !== undefined) await setPasswordHash(client, account.id, newHash);
        return await sessions.open(client, account, origin);
      });
    },
    /**
     * Changes the password and ends all other sessions.
     * @throws HttpError 400 if it is the number, 403 if the current password is wrong, 423 while this
     *   device is locked
     */
    async changePassword(
      { userId, sessionId }: { userId: string; sessionId: string },
      { currentPassword, newPassword }: PasswordChange,
      origin: SignInOrigin,
    ): Promise<void> {
      const account = await findById(pool, userId);
      if (account === undefined) throw wrongCredentials();
      const { phone } = account;
      const verdict = await check({ phone, account, password: currentPassword, origin });
      if (!verdict.isMatch) {
        throw new HttpError(403, 'The current password is wrong.', { code: 'password_wrong' });
      }
      if (isOwnNumber(newPassword, phone)) {
        const message = 'Expected a password other than the number. Choose another.';
        throw new HttpError(400, message, { code: 'password_is_number' });
      }
      await setPasswordHash(pool, userId, await hasher.hash(newPassword));
      await sessions.revoke(userId, { except: sessionId });
    },
  };
}

/** The same for an unknown number, so that it does not reveal which numbers have accounts. */
function wrongCredentials(): HttpError {
  return new HttpError(401, 'The phone number or the password is wrong.', {
    code: 'credentials_wrong',
  });
}

interface Credentials {
  readonly phone: string;
  readonly account: Account | undefined;
  readonly password: string;
  readonly origin: SignInOrigin;
}

type Verdict =
  | { readonly isMatch: false }
  | { readonly isMatch: true; readonly account: Account; readonly newHash?: string };

/** Checks a password; wrong ones are counted by number and by caller, and by reason. */
function createPasswordCheck({ pool, telemetry, hasher, attempts }: LoginDependencies) {
  const refusals = createRefusals(telemetry);

  async function recordFailure({ account, origin }: Credentials, lockedUntil?: Date) {
    const reason = account ? 'wrong_password' : 'unknown_phone';
    refusals.record(reason, account?.id);
    if (lockedUntil !== undefined) refusals.recordLock(lockedUntil, account?.id);
    if (account !== undefined) await recordLogin(pool, account.id, { ...origin, reason });
  }

  return async (credentials: Credentials): Promise<Verdict> => {
    const { account, password } = credentials;
    const { attempt, started } = await begin(attempts, await attemptOf(pool, credentials));
    if (started.state !== 'open') {
      refusals.record(started.state, account?.id);
      throw refusalOf(started);
    }
    const compared = await hasher.verify(account?.passwordHash, password).catch(async (error) => {
      // An overloaded service must not lock anybody out.
      await attempts.withdraw(attempt);
      throw error;
    });
    if (account === undefined || !compared.isMatch) {
      await recordFailure(credentials, started.lockedUntil);
      return { isMatch: false };
    }
    await attempts.succeed(attempt);
    return { ...compared, isMatch: true, account };
  };
}

async function begin(attempts: LoginAttempts, attempt: LoginAttempt) {
  const started = await attempts.start(attempt);
  if (started.state !== 'locked' || attempt.knownDevice === undefined) return { attempt, started };
  // Anybody can lock a device whose id is easily guessed; its owner must get in as on an unknown one.
  const unknown = { ...attempt, knownDevice: undefined };
  return { attempt: unknown, started: await attempts.start(unknown) };
}

const nobody = '00000000-0000-0000-0000-000000000000';

/** A device counts as known by its id, which only the owner's sessions have. */
async function attemptOf(pool: Pool, credentials: Credentials): Promise<LoginAttempt> {
  const { phone, account, origin } = credentials;
  const { deviceId, address } = origin;
  // Queries for an unknown number as well, so that timing reveals nothing.
  const isKnown =
    deviceId !== undefined && (await hasDevice(pool, account?.id ?? nobody, deviceId));
  return { phone, address, knownDevice: isKnown ? deviceId : undefined };
}

/** The same for an unknown number, so that a refusal does not reveal which have accounts. */
function refusalOf(blocked: BlockedStart): HttpError {
  if (blocked.state === 'locked') {
    return new HttpError(423, 'Too many failed logins. Try again later.', {
      code: 'ACCOUNT_LOCKED',
      details: { ruleViolated: 'ACCOUNT_LOCKED', lockedUntil: blocked.lockedUntil.toISOString() },
    });
  }
  const { retryAfterSeconds } = blocked;
  return new HttpError(429, `Too many failed logins. Try again in ${retryAfterSeconds} s.`, {
    code: 'ACCOUNT_SLOWED',
    details: { retryAfterSeconds },
  });
}
