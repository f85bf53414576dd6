import { event } from './types.ts';
import { wrapperLogEvents } from './wrapper-log-events.ts';

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
    'The log file can not be opened or written; until it can, lines go to standard output alone.',
    'file err',
  ),
  server_started: event.info('The service accepts requests.', 'address'),
  server_stopping: event.info('The service was asked to stop and has begun to.', 'reason'),
  server_stopped: event.info(
    'The last phase of the shutdown ended; `phases` holds the milliseconds of each.',
    'reason duration_ms phases',
  ),
  shutdown_step_failed: event.error(
    'A step of the shutdown failed or was too late; the shutdown went on without it.',
    'phase step err',
  ),
  telemetry_spans_lost: event.warn(
    'The collector did not take the last spans of a service that stopped.',
    'spans',
  ),
  process_crashed: event.fatal('An error that nobody caught ended the process.', 'reason err'),
  ...wrapperLogEvents,
};
