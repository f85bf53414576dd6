import { HttpError, type Telemetry } from '@watchkeeper/telemetry';
import { apiMetrics } from '../catalogue.ts';
import type { AuthFailureReason } from './catalogue.ts';

export function createRefusals({ declareMetrics, logger }: Telemetry) {
  const failures = declareMetrics(apiMetrics).counter('auth_failures_total');
  const userField = (userId?: string) => (userId === undefined ? {} : { user_id: userId });
  return {
    /** Counts and logs; the caller does not learn the reason. */
    record(reason: AuthFailureReason, userId?: string): void {
      failures.increment({ reason });
      const fields = { reason, ...userField(userId) };
      logger.warn({ event: 'auth_login_failed', ...fields }, 'login refused');
    },
    recordLock(lockedUntil: Date, userId?: string): void {
      const fields = { locked_until: lockedUntil.toISOString(), ...userField(userId) };
      logger.warn({ event: 'auth_account_locked', ...fields }, 'account locked');
    },
  };
}

/** The same for an unknown number, so that it does not reveal which numbers have accounts. */
export function wrongCredentials(): HttpError {
  return new HttpError(401, 'The phone number or the password is wrong.', {
    code: 'credentials_wrong',
  });
}

/** Whether the number has an account or not. */
export function accountLocked(lockedUntil: Date): HttpError {
  return new HttpError(423, 'Too many failed logins. Try again later.', {
    code: 'ACCOUNT_LOCKED',
    details: { ruleViolated: 'ACCOUNT_LOCKED', lockedUntil: lockedUntil.toISOString() },
  });
}

export function phoneNotVerified(): HttpError {
  return new HttpError(403, 'Verify the phone number first: request a code.', {
    code: 'PHONE_NOT_VERIFIED',
    details: { ruleViolated: 'PHONE_NOT_VERIFIED' },
  });
}

/** The code is wrong, expired, used or unknown. */
export function wrongCode(): HttpError {
  return new HttpError(401, 'The code is wrong or expired. Request a new one.', {
    code: 'code_wrong',
  });
}

export function wrongRefreshToken(): HttpError {
  return new HttpError(401, 'The refresh token is not valid. Log in.', {
    code: 'refresh_token_invalid',
  });
}
