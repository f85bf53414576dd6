import { counter, event, gauge, histogram } from '@watchkeeper/telemetry';

/** What people come for; `mistake` is whoever does something wrong on purpose. */
export const scenarios = [
  ...['menu', 'search', 'account', 'order', 'newcomer', 'sign_in', 'attachment', 'assistant'],
  ...['shift', 'mistake'],
] as const;

/** What people ask the services for; `guess_password` is the fault that tries passwords. */
export const operations = [
  ...['list_restaurants', 'read_restaurant', 'search'],
  ...['register', 'read_message', 'verify', 'request_code', 'log_in', 'refresh', 'log_out'],
  ...['list_sessions', 'end_session', 'list_logins', 'change_password', 'guess_password'],
  ...['read_profile', 'change_profile', 'read_privacy', 'change_privacy', 'read_user'],
  ...['list_blocked', 'block', 'unblock'],
  ...['create_order', 'list_orders', 'read_order', 'change_order'],
  ...['read_wallet', 'create_payment', 'read_payment', 'capture_payment', 'refund_payment'],
  ...['list_assignments', 'accept_assignment', 'pick_up', 'deliver'],
  ...['upload', 'download', 'ask_assistant', 'list_webhooks', 'read_nothing'],
] as const;

const people = ['customer', 'courier', 'restaurant'] as const;

/** The traffic's own metrics. */
export const trafficMetrics = {
  traffic_visits_total: counter('Visits that ended, by what somebody came for and how.', {
    scenario: scenarios,
    result: ['completed', 'unexpected', 'failed', 'limited', 'abandoned'],
  }),
  traffic_requests_total: counter(
    'Requests sent; a refusal that was provoked is expected, 429 is limited, no answer is failed.',
    { operation: operations, outcome: ['expected', 'unexpected', 'failed', 'limited'] },
  ),
  traffic_visits_in_flight: gauge('Visits going on now.'),
  traffic_visits_shed_total: counter('Visits that were due but never began, for want of room.'),
  traffic_rate_visits_per_second: gauge('Visits that are to begin each second.'),
  traffic_accounts: gauge('People with an account here, by whether they are signed in.', {
    role: people,
    state: ['signed_in', 'signed_out'],
  }),
  traffic_connections: gauge('WebSockets open now.'),
  traffic_connects_total: counter('Attempts to open a WebSocket, by outcome.', {
    result: ['opened', 'failed'],
  }),
  traffic_message_wait_seconds: histogram(
    'Time from the act that a message follows to its arrival; a receipt waits for the reader too.',
    { type: ['order.status', 'chat.message', 'chat.receipt', 'presence', 'error'] },
    [0.005, 0.01, 0.05, 0.1, 0.3, 1, 3, 10],
  ),
  traffic_messages_missed_total: counter('Messages that were waited for and did not come.', {
    type: ['order.status', 'chat.message', 'chat.receipt', 'presence', 'error'],
  }),
} as const;

/** The traffic's own log events. */
export const trafficLogEvents = {
  traffic_request_failed: event.warn(
    'There was no answer; `repeated` counts what was left out since the last such line.',
    'operation err repeated',
  ),
  traffic_answer_unexpected: event.warn(
    'An answer, or a message, was not what was to be expected; `repeated` as above.',
    'operation err repeated',
  ),
  traffic_request_limited: event.warn(
    'There were too many requests; those concerned wait as told. `repeated` as above.',
    'operation limiter retry_after_seconds repeated',
  ),
  traffic_visit_shed: event.warn(
    'A visit was due while too many went on or the process was late; `repeated` as above.',
    'in_flight repeated',
  ),
  traffic_visit_crashed: event.error(
    'A visit ended by a fault of the traffic itself; `repeated` as above.',
    'scenario err repeated',
  ),
  traffic_sign_in_failed: event.warn(
    'Somebody could not sign up or in; it is tried again. `repeated` as above.',
    'role retry_ms err repeated',
  ),
  traffic_connection_failed: event.warn(
    'A WebSocket could not be opened; it is tried again. `repeated` as above.',
    'err repeated',
  ),
  traffic_people_ready: event.info('Everybody has signed up or in.', 'accounts duration_ms'),
  traffic_rate_changed: event.info(
    'Somebody set another rate through the management server.',
    'rate_per_second previous_rate_per_second',
  ),
};
