import type { Telemetry } from '@watchkeeper/telemetry';
import { apiMetrics } from '../catalogue.ts';
import { type AuthFailureReason, authFailureReasons } from './catalogue.ts';

export function createRefusals({ declareMetrics, logger }: Telemetry) {
  const failures = declareMetrics(apiMetrics).counter('auth_failures_total');
  const lockouts = declareMetrics(apiMetrics).counter('auth_lockouts_total');
  // Initialized, so that a rate is 0 and not absent, and the first one counts.
  lockouts.add(0);
  for (const reason of authFailureReasons) failures.add(0, { reason });
  const userField = (userId?: string) => (userId === undefined ? {} : { user_id: userId });
  return {
    /** Counts and logs; the caller does not learn the reason. */
    record(reason: AuthFailureReason, userId?: string): void {
      failures.increment({ reason });
      const fields = { reason, ...userField(userId) };
      logger.warn({ event: 'auth_login_failed', ...fields }, 'login refused');
    },
    recordLock(lockedUntil: Date, userId?: string): void {
      lockouts.increment();
      const fields = { locked_until: lockedUntil.toISOString(), ...userField(userId) };
      logger.warn({ event: 'auth_account_locked', ...fields }, 'account locked');
    },
  };
}
