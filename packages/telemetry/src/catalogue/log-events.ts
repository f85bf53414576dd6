import { event } from './types.ts';

/** Every log event the library itself writes. Source: the project's telemetry contract. */
export const libraryLogEvents = {
  http_request_completed: event.info(
    'A request was answered with a status below 500.',
    'method route path status_code duration_ms',
  ),
  http_request_failed: event.error(
    'A request was answered with 5xx, failed midway, or its caller left before the end (499).',
    'method route path status_code duration_ms err',
  ),
  slow_query: event.warn(
    'A statement took over 100 ms; `statement` is its shape, never its values.',
    'operation statement duration_ms',
  ),
  db_connection_lost: event.warn(
    'An idle connection of the pool broke; the pool opens another when it needs one.',
    'err',
  ),
  log_file_unavailable: event.error(
    'The log file cannot be opened or written; until it can, lines go to standard output only.',
    'file err',
  ),
  server_accept_failed: event.error(
    'The server could not accept a connection, such as for want of file descriptors.',
    'err',
  ),
  log_file_reopened: event.warn(
    'The log file was deleted or moved and is open again; `lines` were lost with it.',
    'file lines',
  ),
  server_started: event.info('The service accepts requests.', 'address'),
  server_stopping: event.info('The service has started to shut down.', 'reason'),
  server_stopped: event.info(
    'The last phase of the shutdown ended; `phases` holds the milliseconds of each.',
    'reason duration_ms phases',
  ),
  shutdown_step_failed: event.error(
    'A step of the shutdown failed or timed out; the shutdown continued without it.',
    'phase step err',
  ),
  telemetry_spans_lost: event.warn(
    'The last spans of a stopping service did not reach the collector.',
    'spans',
  ),
  process_crashed: event.fatal('An uncaught error ended the process.', 'reason err'),
  cache_hit: event.debug(
    'Cache hit; `cache_key` is the template of the key, never its values.',
    'cache cache_key',
  ),
  cache_miss: event.debug('Cache miss; `cache_key` is the template of the key.', 'cache cache_key'),
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
    'A WebSocket connection closed abnormally; `code` is the close code.',
    'code duration_ms err',
  ),
  ws_message_failed: event.error(
    'The handler of a WebSocket message failed.',
    'type duration_ms err',
  ),
  outbox_event_failed: event.error(
    'A handler failed to process an event; the outbox may retry.',
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
    'A circuit breaker opened: calls are rejected until its reset timeout.',
    'name',
  ),
  circuit_breaker_closed: event.info('A circuit breaker closed: calls are allowed again.', 'name'),
};
