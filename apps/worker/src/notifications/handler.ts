import { currentTraceContext } from '@watchkeeper/telemetry';
import type { Handler } from '../outbox/event.ts';
import { findNotice, hasNotice } from './templates.ts';

/** Queues the text message of an event, once per event, for users who have a phone number. */
export const notificationHandler: Handler = {
  name: 'notifications',
  isFor: hasNotice,
  async handle(event, client) {
    const notice = findNotice(event);
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
