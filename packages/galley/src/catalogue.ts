import { event, gauge } from '@watchkeeper/telemetry';
import { faultOrigins } from './faults/faults.ts';

export const galleyMetrics = {
  galley_injected_faults: gauge(
    'Faults that are injected now, by whether a drill says so or somebody did it by hand.',
    { origin: faultOrigins },
  ),
};

export const galleyLogEvents = {
  migration_completed: event.info(
    'The database has the schema this version needs; `applied` lists what was new.',
    'applied duration_ms',
  ),
  listener_connected: event.info(
    'The connection that listens to notifications of the database is open.',
    'reconnects',
  ),
  listener_lost: event.warn(
    'That connection was lost; the service polls, or catches up once it reconnects.',
    'err retry_ms',
  ),
  admin_action_completed: event.info(
    'An administrator (`user_id`) made a request that may change something; `path` has its target.',
    'user_id method path status_code',
  ),
  fault_changed: event.warn('A fault was injected or cleared on purpose.', 'fault settings origin'),
  fault_line_written: event.info(
    'One of the many lines that the fault `droppedLogLines` writes to fill the buffer.',
  ),
};
