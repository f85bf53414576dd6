import { counter, gauge, histogram } from './types.ts';

const eventTypes = { atMost: 100 } as const;
const handlers = { atMost: 50 } as const;
const handlingSeconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
// Receivers may be slow; most senders time out after 10 s.
const deliverySeconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Metrics of the outbox and of webhooks. Source: the project's telemetry contract. */
export const eventMetrics = {
  events_published_total: counter('Events stored in the outbox.', { event_type: eventTypes }),
  events_processed_total: counter('Attempts to handle an event, by outcome.', {
    event_type: eventTypes,
    handler: handlers,
    result: ['success', 'error', 'cancelled'],
  }),
  event_processing_duration_seconds: histogram(
    'Time a handler took for an event.',
    { event_type: eventTypes, handler: handlers },
    handlingSeconds,
    { exemplars: true },
  ),
  event_outbox_pending: gauge('Events not yet handled.'),
  event_outbox_oldest_age_seconds: gauge('Age of the oldest event not yet handled.'),
  webhook_deliveries_total: counter('Attempts to deliver a webhook, by outcome.', {
    event_type: eventTypes,
    result: ['success', 'error', 'timeout', 'cancelled'],
  }),
  webhook_delivery_duration_seconds: histogram(
    'Time an attempt to deliver a webhook took.',
    {},
    deliverySeconds,
    { exemplars: true },
  ),
  webhook_pending: gauge('Webhooks pending delivery.'),
} as const;

/** The close codes of RFC 6455 that a peer can see; those of applications become `other`. */
export const closeCodes = [
  ...['1000', '1001', '1002', '1003', '1005', '1006', '1007', '1008', '1009', '1010'],
  ...['1011', '1012', '1013', '1014', '1015', 'other'],
] as const;

// Each channel declares its own; any other type is `invalid` or `other`.
const messageTypes = { atMost: 60 } as const;
const queueTypes = ['outbound', 'ack', 'other'] as const;

/** Metrics of WebSockets and queues. Source: the project's telemetry contract. */
export const realtimeMetrics = {
  ws_connections_active: gauge('WebSocket connections open.'),
  ws_connections_closed_total: counter('WebSocket connections closed, by close code.', {
    code: closeCodes,
  }),
  ws_messages_sent_total: counter('WebSocket messages sent, by type.', { type: messageTypes }),
  ws_messages_received_total: counter('WebSocket messages received, by type.', {
    type: messageTypes,
  }),
  channel_queue_depth: gauge('Messages in the deepest queue of the type.', { type: queueTypes }),
  channel_queue_limit: gauge('Messages that a queue of the type may hold; the smallest bound.', {
    type: queueTypes,
  }),
  channel_dropped_messages_total: counter('Messages a bounded queue dropped, by reason.', {
    type: queueTypes,
    reason: ['queue_full', 'closed'],
  }),
} as const;

const caches = { atMost: 20 } as const;
const results = ['success', 'not_found', 'cancelled', 'error'] as const;
// 2 s is the limit of the alert `ObjectStoreSlow`, so it must be a bucket boundary.
const transferSeconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30];

/** Metrics of caches and object stores. Source: the project's telemetry contract. */
export const storeMetrics = {
  cache_hits_total: counter('Cache hits.', { cache: caches }),
  cache_misses_total: counter('Cache misses.', { cache: caches }),
  cache_size_bytes: gauge('Size of all cache entries, as calculated by the cache.', {
    cache: caches,
  }),
  cache_entries: gauge('Cache entries.', { cache: caches }),
  s3_upload_duration_seconds: histogram(
    'Time an upload to the object store took, by outcome.',
    { result: results },
    transferSeconds,
    { exemplars: true },
  ),
  s3_download_duration_seconds: histogram(
    'Time a download from the object store took to its last byte, by outcome.',
    { result: results },
    transferSeconds,
    { exemplars: true },
  ),
} as const;

const providers = { atMost: 10 } as const;
const models = { atMost: 30 } as const;
// 30 s is the limit of the alert `AIAPISlow`, so it must be a bucket boundary.
const answerSeconds = [0.5, 1, 2, 5, 10, 20, 30, 60];

/** Metrics of AI providers, circuit breakers and rate limits. Source: the telemetry contract. */
export const dependencyMetrics = {
  ai_requests_total: counter('Requests to an AI provider, by outcome.', {
    provider: providers,
    model: models,
    result: ['success', 'error', 'timeout', 'cancelled'],
  }),
  ai_request_duration_seconds: histogram(
    'Time until the last token of an AI provider.',
    { provider: providers, model: models },
    answerSeconds,
    { exemplars: true },
  ),
  ai_tokens_used_total: counter('Tokens reported by an AI provider.', {
    provider: providers,
    model: models,
    type: ['prompt', 'completion'],
  }),
  circuit_breaker_state: gauge('State of a circuit breaker: 0 closed, 1 half open, 2 open.', {
    name: { atMost: 50 },
  }),
  rate_limit_rejections_total: counter('Requests refused by a rate limit.', {
    limiter: { atMost: 20 },
  }),
} as const;
