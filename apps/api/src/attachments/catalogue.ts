import type { LogEventCatalogue } from '@watchkeeper/telemetry';

/** The log events of attachments; the library has those of the store that failed. */
export const attachmentLogEvents = {
  attachment_upload_completed: {
    level: 'info',
    meaning: 'A file was stored.',
    fields: ['attachment_id', 'content_type', 'size_bytes', 'duration_ms'],
  },
} as const satisfies LogEventCatalogue;
