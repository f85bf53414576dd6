import { counter, event } from '@watchkeeper/telemetry';

export const failureReasons = ['status', 'timeout', 'network', 'circuit_open'] as const;

export const gatewayMetrics = {
  gateway_upstream_failures_total: counter('Failed upstream requests, by reason.', {
    upstream: { atMost: 20 },
    reason: failureReasons,
  }),
  gateway_shared_answers_total: counter(
    'Responses shared with a request in flight, or stale because the upstream failed.',
    { source: ['in_flight', 'stale'] },
  ),
} as const;

export const gatewayLogEvents = {
  http_request_received: event.debug(
    'A request arrived; its completion is logged separately.',
    'method path',
  ),
  upstream_request_failed: event.warn(
    'An upstream request failed; not logged while its circuit breaker is open.',
    'upstream reason status_code duration_ms err',
  ),
};
