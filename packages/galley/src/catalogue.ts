import type { LogEventCatalogue } from '@watchkeeper/telemetry';

/** The log events of what Galley's services share. */
export const galleyLogEvents = {
  migration_completed: {
    level: 'info',
    meaning: 'The database has the schema this version needs; `applied` lists what was new.',
    fields: ['applied', 'duration_ms'],
  },
  fault_changed: {
    level: 'warn',
    meaning: 'A fault was switched on or off on purpose.',
    fields: ['fault', 'settings'],
  },
  fault_line_written: {
    level: 'info',
    meaning: 'One of the many lines with which the fault `droppedLogLines` fills the buffer.',
    fields: [],
  },
} as const satisfies LogEventCatalogue;
