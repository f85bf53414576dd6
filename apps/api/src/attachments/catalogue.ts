import { event } from '@watchkeeper/telemetry';

export const attachmentLogEvents = {
  attachment_upload_completed: event.info(
    'A file was stored.',
    'attachment_id content_type size_bytes duration_ms',
  ),
};
