import type { LogEventCatalogue } from './types.ts';

/** Log events of the wrappers. Source: the project's telemetry contract. */
export const wrapperLogEvents = {
  cache_hit: {
    level: 'debug',
    meaning: 'The cache answered; `cache_key` is the template of the key, never its values.',
    fields: ['cache', 'cache_key'],
  },
  cache_miss: {
    level: 'debug',
    meaning: 'The cache could not answer; `cache_key` is the template of the key.',
    fields: ['cache', 'cache_key'],
  },
  attachment_upload_failed: {
    level: 'error',
    meaning: 'An upload to the object store failed.',
    fields: ['bucket', 'object_key', 'duration_ms', 'err'],
  },
  attachment_download_failed: {
    level: 'error',
    meaning: 'A download from the object store failed; an absent object is no failure.',
    fields: ['bucket', 'object_key', 'duration_ms', 'err'],
  },
  ai_request_failed: {
    level: 'error',
    meaning: 'An AI provider failed to answer; neither prompt nor answer is in the line.',
    fields: ['provider', 'model', 'result', 'status_code', 'duration_ms', 'err'],
  },
  ws_client_dropped: {
    level: 'warn',
    meaning: 'A WebSocket ended in another way than a client leaves; `code` is the close code.',
    fields: ['code', 'duration_ms', 'err'],
  },
  ws_message_failed: {
    level: 'error',
    meaning: 'The handler of a WebSocket message failed.',
    fields: ['type', 'duration_ms', 'err'],
  },
  outbox_event_failed: {
    level: 'error',
    meaning: 'A handler failed at an event; the outbox may try again.',
    fields: ['event_id', 'event_type', 'handler', 'attempt', 'duration_ms', 'err'],
  },
  webhook_delivery_failed: {
    level: 'warn',
    meaning: 'An attempt to deliver a webhook failed.',
    fields: [
      ...['delivery_id', 'event_type', 'attempt', 'result', 'status_code'],
      ...['duration_ms', 'err'],
    ],
  },
  backlog_watch_failed: {
    level: 'warn',
    meaning: 'A backlog could not be read; its gauges keep their last value.',
    fields: ['backlog', 'err'],
  },
  circuit_breaker_opened: {
    level: 'warn',
    meaning: 'A circuit breaker opened: calls are refused until it has had its rest.',
    fields: ['name'],
  },
  circuit_breaker_closed: {
    level: 'info',
    meaning: 'A circuit breaker closed: calls go through again.',
    fields: ['name'],
  },
} as const satisfies LogEventCatalogue;
