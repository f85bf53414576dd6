import { counter, event, gauge } from '@watchkeeper/telemetry';
import { viewerMetrics } from '@watchkeeper/viewer';
import { alertStatuses } from './inbox/entry.ts';
import { channels } from './receivers/message.ts';

export const oncallMetrics = {
  inbox_notifications_total: counter('Alerts notified to the inbox, by what they said.', {
    status: alertStatuses,
  }),
  inbox_heartbeats_total: counter('Beats of the watchdog that reached the inbox.'),
  inbox_last_heartbeat_timestamp_seconds: gauge(
    'When the watchdog last reached the inbox, in seconds since 1970; 0 before its first beat.',
    {},
  ),
  inbox_alerts: gauge('Alerts the inbox holds, by status.', { status: alertStatuses }),
  inbox_alerts_dropped_total: counter('Alerts that left a full inbox, by status.', {
    status: alertStatuses,
  }),
  inbox_messages_total: counter('Messages by chat, pager and mail, kept or refused.', {
    channel: channels,
    result: ['accepted', 'refused'],
  }),
  inbox_live_clients: gauge('Open pages that are told of changes.'),
  inbox_runbook_queries_total: counter('Queries of runbooks that were run from the inbox.', {
    type: ['promql', 'logql'],
    result: ['success', 'error'],
  }),
  ...viewerMetrics,
} as const;

export const oncallLogEvents = {
  alert_notification_received: event.info(
    'Alertmanager notified the inbox and everything it sent is on disk.',
    'receiver group_key firing resolved heartbeats truncated_alerts',
  ),
  alert_notification_refused: event.warn(
    "A notification was not Alertmanager's format; its sender will not send it again.",
    'problems',
  ),
  inbox_load_completed: event.info(
    'The inbox read back what it held before; `dropped` is what exceeds its capacity.',
    'file firing resolved messages unreadable dropped',
  ),
  inbox_entry_unreadable: event.warn(
    'A line of the inbox file is damaged; it was set aside and the rest was loaded.',
    'file line reason kept_in',
  ),
  inbox_alert_dropped: event.warn(
    'The inbox was full and gave up an alert: the oldest resolved one, else a firing one.',
    'alertname status starts_at',
  ),
  inbox_message_received: event.info(
    'A message by chat, pager or mail is on disk, as a person would have got it.',
    'channel alertname job status title',
  ),
  inbox_message_refused: event.warn(
    'A message was refused, as the real chat, pager or mail server would have done.',
    'channel problem',
  ),
  inbox_heartbeat_late: event.error(
    'The watchdog has not been heard for too long: alerts may not arrive.',
    'last_received_at late_since timeout_seconds',
  ),
  inbox_heartbeat_recovered: event.info(
    'The watchdog is heard again.',
    'last_received_at timeout_seconds',
  ),
  inbox_silence_created: event.info(
    'Somebody silenced an alert from its page; Alertmanager keeps who, and why.',
    'alertname silence_id hours',
  ),
  inbox_silence_ended: event.info(
    'Somebody ended a silence from the page of its alert.',
    'alertname silence_id',
  ),
  runbook_query_failed: event.warn(
    'A query of a runbook, run from the inbox, got no answer from Prometheus or Loki.',
    'alertname type reason',
  ),
  inbox_compact_failed: event.warn(
    'The inbox file could not be rewritten; it goes on growing, nothing is lost.',
    'file err',
  ),
};
