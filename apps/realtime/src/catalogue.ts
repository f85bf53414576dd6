import { counter, event, gauge, histogram } from '@watchkeeper/telemetry';

/** Why the hub itself ends a connection; each has its close code in `connections/endings.ts`. */
export const endReasons = [
  ...['draining', 'binary_frame', 'too_many_refusals', 'queue_full', 'stalled'],
  ...['token_over', 'session_over', 'silent'],
] as const;

// The seconds are those a person waits for a chat message; a healthy connection takes none.
const waitSeconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30];

/** Realtime's own metrics; those of sockets, queues and messages are the library's. */
export const realtimeMetrics = {
  galley_users_online: gauge('Users with a connection to this instance.'),
  galley_slow_consumers: gauge('Connections whose oldest message has waited over a second.'),
  galley_connections_ended_total: counter('Connections that the hub itself ended, by reason.', {
    reason: endReasons,
  }),
  galley_message_wait_seconds: histogram(
    'Time from queued to written to the socket, for messages of every connection.',
    {},
    waitSeconds,
  ),
  galley_chat_messages_total: counter('Chat messages stored, by whether the recipient was there.', {
    recipient: ['online', 'offline'],
  }),
  galley_notifications_total: counter('Notifications of the database, by channel and outcome.', {
    channel: ['order_events', 'realtime_fanout'],
    result: ['success', 'error', 'invalid'],
  }),
} as const;

/** Realtime's own log events. */
export const realtimeLogEvents = {
  ws_client_connected: event.info(
    'A client connected; `connections` is how many its user has here now.',
    'connection_id connections',
  ),
  ws_client_disconnected: event.info(
    'A connection is over, whoever ended it; `waiting` messages were not sent.',
    'connection_id code waiting duration_ms',
  ),
  ws_connection_ended: event.warn(
    'The hub ended a connection: too slow, silent, refused too often, its token over.',
    'connection_id reason waiting buffered_bytes',
  ),
  chat_send_completed: event.info(
    'A chat message was stored and is on its way.',
    'message_id order_id is_recipient_online duration_ms',
  ),
  listener_connected: event.info(
    'The connection that hears the notifications of the database is there.',
    'reconnects',
  ),
  listener_lost: event.warn(
    'That connection was lost; updates wait until it is back, and are read anew then.',
    'err retry_ms',
  ),
  notification_invalid: event.warn(
    'A notification was not of the agreed form and was ignored.',
    'channel',
  ),
  notification_failed: event.error('A notification could not be acted on.', 'channel err'),
  batch_failed: event.warn(
    'Receipts could not be written, or messages not read; the batch is tried again.',
    'batch size err',
  ),
  presence_sync_failed: event.warn(
    'Who is online could not be written down; it is tried again.',
    'users err',
  ),
  resync_completed: event.info(
    'What happened while no notification could be heard was read from the database.',
    'orders messages duration_ms',
  ),
  resync_failed: event.warn(
    'It could not be read; clients are right again at the next change, or reconnect.',
    'err',
  ),
  catch_up_failed: event.warn(
    'What a client that has just come had not got yet could not be read.',
    'err',
  ),
  undelivered_messages_notified: event.info(
    'Messages that nobody took in time were handed to the worker, which notifies.',
    'count',
  ),
  undelivered_sweep_failed: event.warn(
    'Undelivered messages could not be looked for; it is tried again.',
    'err',
  ),
};
