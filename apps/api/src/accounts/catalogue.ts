import { counter, event, gauge } from '@watchkeeper/telemetry';

export const authFailureReasons = [
  'unknown_phone',
  'wrong_password',
  'not_verified',
  'locked',
  'wrong_code',
  'refresh_invalid',
  'refresh_reused',
  'session_ended',
] as const;

export type AuthFailureReason = (typeof authFailureReasons)[number];

export const accountMetrics = {
  sessions_created_total: counter('Sessions begun, by login or by a one-time code.'),
  auth_failures_total: counter('Refused logins, codes and refreshes, by reason.', {
    reason: authFailureReasons,
  }),
  auth_password_hashes_waiting: gauge('Requests that wait for their turn to hash a password.'),
  galley_active_users: gauge('Users with a request in the last five minutes.'),
} as const;

export const accountLogEvents = {
  auth_register_completed: event.info(
    'A user proved to have their number; from now on they can log in.',
    'user_id role country',
  ),
  auth_login_failed: event.warn(
    'Somebody was not let in; `user_id` is there where the number has an account.',
    'reason user_id',
  ),
  auth_account_locked: event.warn(
    'A number had too many failed logins in a row and is locked for a while.',
    'user_id locked_until',
  ),
  auth_token_reused: event.warn(
    'A refresh token came back after its use, so its session was ended: one of two has stolen it.',
    'user_id session_id',
  ),
  notification_send_failed: event.error(
    'A message did not reach its provider; the person can ask for another.',
    'channel status_code duration_ms err',
  ),
  accounts_sweep_failed: event.warn(
    'Old sessions, attempts and history could not be removed; tried again in an hour.',
    'err',
  ),
};
