import { counter, event, gauge } from '@watchkeeper/telemetry';
import { viewerMetrics } from '@watchkeeper/viewer';
import { alertStatuses } from './inbox/entry.ts';
import { channels } from './receivers/message.ts';

export const oncallMetrics = {
  inbox_notifications_total: counter('Alerts that the inbox was notified of, by status.', {
    status: alertStatuses,
  }),
  inbox_heartbeats_total: counter('Heartbeats of the watchdog received by the inbox.'),
  inbox_last_heartbeat_timestamp_seconds: gauge(
    'Time of the last heartbeat, in seconds since 1970; 0 before the first.',
    {},
  ),
  inbox_alerts: gauge('Alerts in the inbox, by status.', { status: alertStatuses }),
  inbox_alerts_dropped_total: counter('Alerts dropped because the inbox was full, by status.', {
    status: alertStatuses,
  }),
  inbox_messages_total: counter('Messages received by chat, pager and mail, by result.', {
    channel: channels,
    result: ['accepted', 'refused'],
  }),
  inbox_silences: gauge('Active silences, by whether they mute every alert or some.', {
    scope: ['everything', 'alerts'],
  }),
  inbox_live_clients: gauge('Open pages with an event stream.'),
  inbox_runbook_queries_total: counter('Runbook queries run from the inbox.', {
    type: ['promql', 'logql'],
    result: ['success', 'error'],
  }),
  ...viewerMetrics,
} as const;

export const oncallLogEvents = {
  alert_notification_received: event.info(
    'A notification of Alertmanager was stored.',
    'receiver group_key firing resolved heartbeats truncated_alerts',
  ),
  alert_notification_refused: event.warn(
    "A notification was not in Alertmanager's format; it is not retried.",
    'problems',
  ),
  inbox_load_completed: event.info(
    'The inbox file was read; `dropped` alerts exceeded the capacity.',
    'file firing resolved messages unreadable dropped',
  ),
  inbox_entry_unreadable: event.warn(
    'A line of the inbox file is damaged; it was copied to `kept_in` and the rest was loaded.',
    'file line reason kept_in',
  ),
  inbox_alert_dropped: event.warn(
    'The inbox was full and dropped an alert: the oldest resolved one, else a firing one.',
    'alertname status starts_at',
  ),
  inbox_message_received: event.info(
    'A message by chat, pager or mail was stored.',
    'channel alertname job status title',
  ),
  inbox_message_refused: event.warn(
    'A message was refused, as the real chat, pager or mail service would.',
    'channel problem',
  ),
  inbox_heartbeat_late: event.error(
    'No heartbeat within the timeout: alerts may not arrive.',
    'last_received_at late_since timeout_seconds',
  ),
  inbox_heartbeat_recovered: event.info(
    'The heartbeat has recovered.',
    'last_received_at timeout_seconds',
  ),
  inbox_silence_created: event.info(
    'A silence was created from the page of an alert.',
    'alertname silence_id author comment hours',
  ),
  inbox_silence_ended: event.info(
    'A silence was expired from the page of an alert.',
    'alertname silence_id author',
  ),
  silence_create_observed: event.info(
    'Alertmanager has a new silence, wherever it was created.',
    'silence_id matchers author comment ends_at',
  ),
  silence_expire_observed: event.info(
    'A silence was expired elsewhere than on the page of an alert.',
    'silence_id matchers',
  ),
  alert_acknowledge_completed: event.info(
    'Somebody acknowledged an alert on its page.',
    'alertname author comment',
  ),
  inbox_silences_unreadable: event.warn('Alertmanager does not list its silences.', 'reason'),
  inbox_act_failed: event.error('An act could not be written to the audit trail.', 'err'),
  runbook_query_failed: event.warn(
    'A runbook query, run from the inbox, failed.',
    'alertname type reason',
  ),
  inbox_compact_failed: event.warn(
    'The inbox file could not be compacted; it keeps growing, nothing is lost.',
    'file err',
  ),
};
