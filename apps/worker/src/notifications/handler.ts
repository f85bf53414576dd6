import { currentTraceContext } from '@watchkeeper/telemetry';
import type { Handler } from '../outbox/event.ts';
import { isNoticed, noticeOf } from './templates.ts';

/** Puts the text message of an event into the queue, once per event, for people who have a number. */
export const notificationHandler: Handler = {
  name: 'notifications',
  isFor: isNoticed,
  async handle(event, client) {
    const notice = noticeOf(event);
    if (notice === undefined) return;
    const { userId, template, text } = notice;
    await client.query(
      `INSERT INTO notifications.messages (event_id, user_id, template, text, trace_context)
       SELECT $1, id, $3, $4, $5 FROM accounts.users WHERE id = $2
       ON CONFLICT (event_id, user_id) DO NOTHING`,
      [event.id, userId, template, text, currentTraceContext()],
    );
  },
};
