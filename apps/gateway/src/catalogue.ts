import { counter, event } from '@watchkeeper/telemetry';

export const failureReasons = ['status', 'timeout', 'network', 'circuit_open'] as const;

export const gatewayMetrics = {
  gateway_upstream_failures_total: counter(
    'Requests that an upstream failed to answer, by reason.',
    { upstream: { atMost: 20 }, reason: failureReasons },
  ),
  gateway_shared_answers_total: counter(
    'Answers of another request: asked at the same time, or stale because the upstream failed.',
    { source: ['in_flight', 'stale'] },
  ),
} as const;

export const gatewayLogEvents = {
  http_request_received: event.debug(
    'A request has come in; its completion is a line of its own.',
    'method path',
  ),
  upstream_request_failed: event.warn(
    'An upstream failed to answer; while its circuit breaker is open there is no line.',
    'upstream reason status_code duration_ms err',
  ),
};
