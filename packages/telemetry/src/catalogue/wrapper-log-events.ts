import { event } from './types.ts';

/** Log events of the wrappers. Source: the project's telemetry contract. */
export const wrapperLogEvents = {
  cache_hit: event.debug(
    'The cache answered; `cache_key` is the template of the key, never its values.',
    'cache cache_key',
  ),
  cache_miss: event.debug(
    'The cache could not answer; `cache_key` is the template of the key.',
    'cache cache_key',
  ),
  attachment_upload_failed: event.error(
    'An upload to the object store failed.',
    'bucket object_key duration_ms err',
  ),
  attachment_download_failed: event.error(
    'A download from the object store failed; an absent object is no failure.',
    'bucket object_key duration_ms err',
  ),
  ai_request_failed: event.error(
    'An AI provider failed to answer; neither prompt nor answer is in the line.',
    'provider model result status_code duration_ms err',
  ),
  ws_client_dropped: event.warn(
    'A WebSocket ended in another way than a client leaves; `code` is the close code.',
    'code duration_ms err',
  ),
  ws_message_failed: event.error(
    'The handler of a WebSocket message failed.',
    'type duration_ms err',
  ),
  outbox_event_failed: event.error(
    'A handler failed at an event; the outbox may try again.',
    'event_id event_type handler attempt duration_ms err',
  ),
  webhook_delivery_failed: event.warn(
    'An attempt to deliver a webhook failed.',
    'delivery_id event_type attempt result status_code duration_ms err',
  ),
  backlog_watch_failed: event.warn(
    'A backlog could not be read; its gauges keep their last value.',
    'backlog err',
  ),
  circuit_breaker_opened: event.warn(
    'A circuit breaker opened: calls are refused until it has had its rest.',
    'name',
  ),
  circuit_breaker_closed: event.info('A circuit breaker closed: calls go through again.', 'name'),
};
