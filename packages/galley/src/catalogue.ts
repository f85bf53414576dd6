import { event } from '@watchkeeper/telemetry';

/** The log events of what Galley's services share. */
export const galleyLogEvents = {
  migration_completed: event.info(
    'The database has the schema this version needs; `applied` lists what was new.',
    'applied duration_ms',
  ),
  fault_changed: event.warn('A fault was switched on or off on purpose.', 'fault settings'),
  fault_line_written: event.info(
    'One of the many lines with which the fault `droppedLogLines` fills the buffer.',
  ),
};
