import { counter, event, gauge, histogram } from '@watchkeeper/telemetry';
import { operations } from './target/operations.ts';

/** `mistake` is a deliberate one. */
export const scenarios = [
  ...['menu', 'search', 'account', 'order', 'newcomer', 'sign_in', 'attachment', 'assistant'],
  ...['shift', 'mistake'],
] as const;

/** Messages whose latency is measured. */
export const awaitedTypes = [
  'order.status',
  'chat.message',
  'chat.receipt',
  'presence',
  'error',
] as const;

const people = ['customer', 'courier', 'restaurant'] as const;

export const trafficMetrics = {
  traffic_visits_total: counter('Ended visits, by scenario and result.', {
    scenario: scenarios,
    result: ['completed', 'unexpected', 'failed', 'limited', 'abandoned'],
  }),
  traffic_requests_total: counter(
    'Requests sent; a provoked refusal is expected, 429 is limited, no response is failed.',
    { operation: operations, outcome: ['expected', 'unexpected', 'failed', 'limited'] },
  ),
  traffic_visits_in_flight: gauge('Visits in flight.'),
  traffic_visits_shed_total: counter(
    'Visits that were due but not started, because too many were in flight.',
  ),
  traffic_rate_visits_per_second: gauge('Target rate of visits per second.'),
  traffic_accounts: gauge('Synthetic people, by role and by whether they are signed in.', {
    role: people,
    state: ['signed_in', 'signed_out'],
  }),
  traffic_connections: gauge('Open WebSockets.'),
  traffic_connects_total: counter('Attempts to open a WebSocket, by result.', {
    result: ['opened', 'failed'],
  }),
  traffic_message_wait_seconds: histogram(
    'Latency of expected messages, from the action to the arrival; a receipt includes reading.',
    { type: awaitedTypes },
    [0.005, 0.01, 0.05, 0.1, 0.3, 1, 3, 10],
  ),
  traffic_messages_missed_total: counter('Expected messages that did not arrive.', {
    type: awaitedTypes,
  }),
} as const;

export const trafficLogEvents = {
  traffic_request_failed: event.warn(
    'A request got no response; `repeated` counts the lines suppressed since the last one.',
    'operation err repeated',
  ),
  traffic_answer_unexpected: event.warn(
    'A response or a message was not the expected one; `repeated` as above.',
    'operation err repeated',
  ),
  traffic_request_limited: event.warn(
    'A request was rate limited; the client honours Retry-After. `repeated` as above.',
    'operation limiter retry_after_seconds repeated',
  ),
  traffic_visit_shed: event.warn(
    'A visit was not started: too many in flight, or the process was late. `repeated` as above.',
    'in_flight repeated',
  ),
  traffic_visit_crashed: event.error(
    'A visit failed by a bug of the traffic itself; `repeated` as above.',
    'scenario err repeated',
  ),
  traffic_sign_in_failed: event.warn(
    'A person could not sign up or in; it is retried. `repeated` as above.',
    'role retry_ms err repeated',
  ),
  traffic_connection_failed: event.warn(
    'A WebSocket could not be opened; it is retried. `repeated` as above.',
    'err repeated',
  ),
  traffic_people_ready: event.info('All people have signed up or in.', 'accounts duration_ms'),
  traffic_rate_changed: event.info(
    'The rate was changed through the management server.',
    'rate_per_second previous_rate_per_second',
  ),
};
