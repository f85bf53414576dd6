import { counter, event, gauge } from '@watchkeeper/telemetry';

export const authFailureReasons = [
  'unknown_phone',
  'wrong_password',
  'locked',
  'slowed',
  'wrong_code',
  'refresh_invalid',
  'refresh_reused',
  'session_ended',
] as const;

export type AuthFailureReason = (typeof authFailureReasons)[number];

export const accountMetrics = {
  sessions_created_total: counter('Sessions started, by login or one-time code.'),
  auth_failures_total: counter('Refused logins, codes and refreshes, by reason.', {
    reason: authFailureReasons,
  }),
  auth_lockouts_total: counter('Addresses and devices locked after too many failed logins.'),
  auth_password_hashes_waiting: gauge('Requests waiting to hash a password.'),
  galley_active_users: gauge('Users with a request in the last five minutes.'),
} as const;

export const accountLogEvents = {
  auth_register_completed: event.info(
    'A user verified their phone number and can log in.',
    'user_id role country',
  ),
  auth_login_failed: event.warn(
    'A login, code or refresh was refused; has `user_id` if the number has an account.',
    'reason user_id',
  ),
  auth_account_locked: event.warn(
    'Logins with a number were locked for one address or device, after too many failures.',
    'user_id locked_until',
  ),
  auth_token_reused: event.warn(
    'A refresh token was used twice, so it may be stolen; its session was revoked.',
    'user_id session_id',
  ),
  notification_send_failed: event.error(
    'A text message could not be sent; the user can request another.',
    'channel status_code duration_ms err',
  ),
  accounts_sweep_failed: event.warn(
    'Old sessions, attempts and history could not be deleted; retried in an hour.',
    'err',
  ),
};
