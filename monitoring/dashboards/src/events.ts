import { count, perSecond, ratio, seconds, stackedPerSecond } from './shapes/graphs.ts';
import { toAllErrorLogs, toErrorLogs, toErrorTraces, toSlowTraces } from './shapes/links.ts';
import { byJob, promql, ratioOrZero, sumBy, withExemplars } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

export const events: DashboardSpec = {
  uid: 'events',
  title: 'Events',
  purpose: 'The outbox, its handlers, webhooks and text messages.',
  empty: 'No outbox metrics.',
  panels: [
    seconds(1, 'Age of the oldest pending event', {
      question: 'How long has the oldest event been waiting?',
      normal: 'under a second.',
      otherwise: 'it climbs steadily: nothing is processed. Check the worker’s last log lines.',
      queries: byJob('job:event_outbox_oldest_age_seconds:max'),
      alerts: [{ name: 'EventProcessingStalled' }],
      links: [toErrorLogs, toErrorTraces],
    }),
    count(2, 'Event backlog', {
      question: 'How many events are pending?',
      normal: 'a few.',
      otherwise:
        'more are published than processed: compare “Events published” with “Events processed”; a handler may be slow.',
      queries: byJob('job:event_outbox_pending:max'),
      alerts: [{ name: 'EventBacklog' }],
      links: [toErrorLogs],
    }),
    ratio(3, 'Handler error ratio', {
      question: 'Which handler fails, and what share of its events?',
      normal: '0 %; failed events are retried.',
      otherwise: 'the error logs have the reason, usually a dependency of that handler.',
      queries: ratioOrZero(
        'job_handler:event_errors_per_events_processed:ratio_rate2m',
        'job_handler:events_processed:rate2m',
        'handler',
      ),
      alerts: [{ name: 'EventHandlerErrors' }],
      links: [toErrorLogs, toErrorTraces],
      empty: 'No events processed.',
    }),
    stackedPerSecond(4, 'Events published', {
      question: 'Which events are published, and how often?',
      normal: 'the daily pattern; orders and their changes above payments.',
      otherwise: 'none of a type: nobody triggers it, or it is no longer written to the outbox.',
      queries: sumBy('job_event_type:events_published:rate2m', 'event_type'),
      empty: 'No events published.',
    }),
    perSecond(5, 'Events processed', {
      question: 'How many events does each handler process?',
      normal: 'the number published of its event types.',
      otherwise:
        'fewer: the handler is slow or fails. Many more: the same events are retried repeatedly.',
      queries: byJob('job_handler:events_processed:rate2m', 'handler'),
      empty: 'No events processed.',
    }),
    seconds(6, 'Event processing latency p95', {
      question: 'What latency do 5 % of a handler’s events exceed?',
      normal: 'under 100 ms.',
      otherwise: 'click a diamond for the trace, from the originating request to the handler.',
      queries: withExemplars('job_handler:event_processing_duration_seconds:p95_rate2m', 'handler'),
      links: [toSlowTraces],
      empty: 'No events processed.',
    }),
    count(7, 'Dead-lettered', {
      question: 'How many events and webhooks need a manual redrive?',
      normal: 'none.',
      otherwise:
        'find the reason in the log (`outbox_event_dead`, `webhook_delivery_dead`), fix it, redrive them.',
      queries: [
        promql('job:event_outbox_dead:max{job=~"$job"}', 'events, {{job}}'),
        promql('job:webhook_dead:max{job=~"$job"}', 'webhooks, {{job}}'),
      ],
      links: [toErrorLogs],
    }),
    ratio(8, 'Webhook failure ratio', {
      question: 'Which share of webhook delivery attempts fails?',
      normal: 'a few per cent: some endpoint is always down.',
      otherwise: 'all of one customer: their endpoint. Of all customers: our outgoing network.',
      queries: ratioOrZero(
        'job:webhook_failures_per_deliveries:ratio_rate2m',
        'job:webhook_deliveries:rate2m',
      ),
      alerts: [{ name: 'WebhookDeliveryFailures' }],
      links: [toErrorLogs, toErrorTraces],
      empty: 'No webhooks sent.',
    }),
    count(9, 'Webhook backlog', {
      question: 'How many webhooks wait for delivery or for their next attempt?',
      normal: 'a few; more while a customer’s endpoint is down.',
      otherwise:
        'it climbs with failures: see “Webhook failure ratio”. Without failures: too few workers.',
      queries: byJob('job:webhook_pending:max'),
      alerts: [{ name: 'WebhookBacklog' }],
      links: [toErrorLogs],
      empty: 'No webhook metrics.',
    }),
    stackedPerSecond(10, 'Webhook deliveries by result', {
      question: 'How many attempts are made, and with which result?',
      normal: 'nearly all succeed.',
      otherwise: 'timeouts: an endpoint is slow; errors: it rejects requests or is down.',
      queries: sumBy('job_result:webhook_deliveries:rate2m', 'result'),
      empty: 'No webhooks sent.',
    }),
    seconds(11, 'Webhook latency p95', {
      question: 'What latency do 5 % of attempts exceed?',
      normal: 'under a second.',
      otherwise: 'slow endpoints hold up the others: find them in the traces.',
      queries: withExemplars('job:webhook_delivery_duration_seconds:p95_rate2m'),
      links: [toSlowTraces],
      empty: 'No webhooks sent.',
    }),
    perSecond(12, 'Text messages', {
      question: 'Are text messages sent, and how many are pending?',
      normal: 'only successes; none or few pending.',
      otherwise:
        'errors or timeouts: the provider; the log has `notification_send_failed` with its status.',
      queries: [
        promql(
          'sum by (result) (job_result:notification_sends:rate2m{job=~"$job"})',
          'sent per second, {{result}}',
        ),
        promql('max(job:notification_pending:max{job=~"$job"})', 'pending'),
      ],
      links: [toAllErrorLogs],
      empty: 'No text message metrics.',
    }),
  ],
};
