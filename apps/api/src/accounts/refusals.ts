import { HttpError, type Telemetry } from '@watchkeeper/telemetry';
import { apiMetrics } from '../catalogue.ts';
import type { AuthFailureReason } from './catalogue.ts';

/** Refuses who can't be let in, counted and logged by reason. */
export interface Refusals {
  /** Counts and logs; the caller of a refused request learns less than this. */
  note(reason: AuthFailureReason, userId?: string): void;
  /** Tells that failures have locked a number. */
  noteLock(lockedUntil: Date, userId?: string): void;
}

/** Makes the refusals of a service. */
export function createRefusals({ declareMetrics, logger }: Telemetry): Refusals {
  const failures = declareMetrics(apiMetrics).counter('auth_failures_total');
  const userField = (userId?: string) => (userId === undefined ? {} : { user_id: userId });
  return {
    note(reason, userId) {
      failures.increment({ reason });
      const fields = { reason, ...userField(userId) };
      logger.warn({ event: 'auth_login_failed', ...fields }, 'login refused');
    },
    noteLock(lockedUntil, userId) {
      const fields = { locked_until: lockedUntil.toISOString(), ...userField(userId) };
      logger.warn({ event: 'auth_account_locked', ...fields }, 'account locked');
    },
  };
}

/** The same for a number without an account, so that it tells nothing. */
export function wrongCredentials(): HttpError {
  return new HttpError(401, 'The phone number or the password is wrong.', {
    code: 'credentials_wrong',
  });
}

/** Too many failures in a row, whether the number has an account or not. */
export function accountLocked(lockedUntil: Date): HttpError {
  return new HttpError(423, 'There were too many failed logins. Try again later.', {
    code: 'ACCOUNT_LOCKED',
    details: { ruleViolated: 'ACCOUNT_LOCKED', lockedUntil: lockedUntil.toISOString() },
  });
}

/** The password is right, but nobody has proved to have the number. */
export function phoneNotVerified(): HttpError {
  return new HttpError(403, 'Verify the phone number first: ask for a code.', {
    code: 'PHONE_NOT_VERIFIED',
    details: { ruleViolated: 'PHONE_NOT_VERIFIED' },
  });
}

/** A code that is wrong, over, used, or of nobody. */
export function wrongCode(): HttpError {
  return new HttpError(401, 'The code is wrong or over. Ask for a new one.', {
    code: 'code_wrong',
  });
}

/** A refresh token that is of no use. */
export function wrongRefreshToken(): HttpError {
  return new HttpError(401, 'The refresh token is not valid. Log in.', {
    code: 'refresh_token_invalid',
  });
}
