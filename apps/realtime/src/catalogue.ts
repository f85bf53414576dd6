import { counter, event, gauge, histogram } from '@watchkeeper/telemetry';

/** Why the hub closes a connection; `connections/endings.ts` has the close code of each. */
export const endReasons = [
  ...['draining', 'binary_frame', 'too_many_refusals', 'too_many_pings', 'queue_full', 'stalled'],
  ...['token_over', 'session_over', 'silent'],
] as const;

// A person waits seconds for a chat message; a healthy connection adds none.
const waitSeconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30];

/** Realtime's own metrics; those of sockets, queues and messages are the library's. */
export const realtimeMetrics = {
  galley_users_online: gauge('Users with a connection to this instance.'),
  galley_slow_consumers: gauge('Connections whose oldest message has waited over a second.'),
  galley_connections_ended_total: counter('Connections closed by the hub, by reason.', {
    reason: endReasons,
  }),
  galley_message_wait_seconds: histogram(
    'Time from queued to written to the socket, over all connections.',
    {},
    waitSeconds,
  ),
  galley_chat_messages_total: counter('Stored chat messages, by presence of the recipient.', {
    recipient: ['online', 'offline'],
  }),
  galley_notifications_total: counter('Database notifications, by channel and outcome.', {
    channel: ['order_events', 'realtime_fanout'],
    result: ['success', 'error', 'invalid'],
  }),
} as const;

export const realtimeLogEvents = {
  ws_client_connected: event.info(
    'A client connected; `connections` is how many its user has on this instance.',
    'connection_id connections',
  ),
  ws_client_disconnected: event.info(
    'A connection closed, by either side; `waiting` messages were not sent.',
    'connection_id code waiting duration_ms',
  ),
  ws_connection_ended: event.warn(
    'The hub closed a connection: slow consumer, silent, or too many refusals.',
    'connection_id reason waiting buffered_bytes',
  ),
  chat_send_completed: event.info(
    'A chat message was stored and is being delivered.',
    'message_id order_id is_recipient_online duration_ms',
  ),
  notification_invalid: event.warn(
    'A database notification had an invalid payload and was ignored.',
    'channel',
  ),
  notification_failed: event.error('The handler of a database notification failed.', 'channel err'),
  batch_failed: event.warn(
    'A batch of receipts to write or messages to read failed; it is retried.',
    'batch size err',
  ),
  presence_sync_failed: event.warn('Presence could not be written; it is retried.', 'users err'),
  resync_completed: event.info(
    'Changes missed while the listener was disconnected were read from the database.',
    'orders messages duration_ms',
  ),
  resync_failed: event.warn(
    'Missed changes could not be read; clients catch up at the next change or reconnect.',
    'err',
  ),
  catch_up_failed: event.warn('The undelivered messages of a new client could not be read.', 'err'),
  undelivered_messages_notified: event.info(
    'Messages undelivered for too long were handed to the worker, which notifies.',
    'count',
  ),
  undelivered_sweep_failed: event.warn(
    'The search for undelivered messages failed; it is retried.',
    'err',
  ),
};
