import type { LogEventCatalogue } from './types.ts';
import { wrapperLogEvents } from './wrapper-log-events.ts';

/** Every log event the library itself writes. Source: the project's telemetry contract. */
export const libraryLogEvents = {
  http_request_completed: {
    level: 'info',
    meaning: 'A request was answered with a status below 500.',
    fields: ['method', 'route', 'path', 'status_code', 'duration_ms'],
  },
  http_request_failed: {
    level: 'error',
    meaning:
      'A request was answered with 5xx, failed midway, or its caller left before the end (499).',
    fields: ['method', 'route', 'path', 'status_code', 'duration_ms', 'err'],
  },
  slow_query: {
    level: 'warn',
    meaning: 'A statement took over 100 ms; `statement` is its shape, never its values.',
    fields: ['operation', 'statement', 'duration_ms'],
  },
  db_connection_lost: {
    level: 'warn',
    meaning: 'An idle connection of the pool broke; the pool opens another when it needs one.',
    fields: ['err'],
  },
  log_file_unavailable: {
    level: 'error',
    meaning:
      'The log file can not be opened or written; until it can, lines go to standard output alone.',
    fields: ['file', 'err'],
  },
  server_started: {
    level: 'info',
    meaning: 'The service accepts requests.',
    fields: ['address'],
  },
  server_stopping: {
    level: 'info',
    meaning: 'The service was asked to stop and has begun to.',
    fields: ['reason'],
  },
  server_stopped: {
    level: 'info',
    meaning: 'The last phase of the shutdown ended; `phases` holds the milliseconds of each.',
    fields: ['reason', 'duration_ms', 'phases'],
  },
  shutdown_step_failed: {
    level: 'error',
    meaning: 'A step of the shutdown failed or was too late; the shutdown went on without it.',
    fields: ['phase', 'step', 'err'],
  },
  telemetry_spans_lost: {
    level: 'warn',
    meaning: 'The collector did not take the last spans of a service that stopped.',
    fields: ['spans'],
  },
  process_crashed: {
    level: 'fatal',
    meaning: 'An error that nobody caught ended the process.',
    fields: ['reason', 'err'],
  },
  ...wrapperLogEvents,
} as const satisfies LogEventCatalogue;
