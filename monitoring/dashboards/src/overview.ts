import { firing } from './shapes/annotations.ts';
import {
  bars,
  count,
  decimal,
  perSecond,
  ratio,
  requestsPerSecond,
  seconds,
  share,
  stat,
  table,
} from './shapes/graphs.ts';
import {
  toDashboard,
  toDashboardOfSeries,
  toErrorLogs,
  toErrorTraces,
  toSlowTraces,
} from './shapes/links.ts';
import { byJob, promql, promqlNow, withExemplars } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

export const overview: DashboardSpec = {
  uid: 'overview',
  title: 'Overview',
  purpose: 'Home: system health, firing alerts, and where to look next.',
  empty: 'No requests.',
  panels: [
    stat(1, 'Services', {
      width: 14,
      question: 'Is every instance of every service up?',
      normal: 'all up; a share is that of the instances that are up.',
      otherwise: 'one is down: its last log lines have the reason.',
      unit: 'percentunit',
      valueTexts: { 0: 'down', 1: 'up' },
      queries: promqlNow(
        'min by (job) (job:available:ratio{job=~"$job"} and on (job) build_info)',
        '{{job}}',
      ),
      alerts: [{ name: 'ServiceDown' }, { name: 'InstanceDown', isDrawn: false }],
      links: [toErrorLogs, toDashboardOfSeries('runtime', 'Processes')],
      empty: 'No service is scraped.',
    }),
    stat(2, 'Firing alerts', {
      width: 5,
      question: 'How many alerts are firing?',
      normal: '0.',
      otherwise: 'they are listed below; critical ones first.',
      queries: promqlNow(`count(${firing}) or vector(0)`, 'firing'),
      links: [toDashboard('stack', 'Monitoring stack')],
      empty: 'Prometheus does not answer.',
    }),
    stat(3, 'Lowest remaining error budget', {
      width: 5,
      question: 'How much failure is still allowed this month?',
      normal: 'over 50 %.',
      otherwise: 'under 25 %: release less, fix the causes first.',
      unit: 'percentunit',
      queries: promqlNow('min(job_slo:error_budget_remaining:ratio{job=~"$job"})', 'budget'),
      links: [toDashboard('slo', 'All objectives')],
      empty: 'No objective has events yet.',
    }),
    ratio(4, 'HTTP error ratio (5xx)', {
      question: 'Which service is failing?',
      normal: 'nearly 0 %.',
      otherwise:
        'the gateway shows the user impact; the failing service behind it is the one to look at.',
      queries: byJob('job:http_request_errors_per_requests:ratio_rate2m'),
      alerts: [{ name: 'HighErrorRate' }],
      links: [toDashboardOfSeries('http', 'Requests'), toErrorLogs, toErrorTraces],
    }),
    seconds(5, 'Latency p95', {
      question: 'Is any service slow?',
      normal: 'under 300 ms.',
      otherwise: 'click a diamond for the trace of a slow request.',
      queries: withExemplars('job:http_request_duration_seconds:p95_rate2m'),
      alerts: [{ name: 'SlowResponseTime' }],
      links: [toDashboardOfSeries('http', 'Requests'), toSlowTraces],
    }),
    requestsPerSecond(6, 'Request rate', {
      question: 'Is there traffic?',
      normal: 'the daily pattern.',
      otherwise: 'none: nothing reaches the gateway. Twice the usual: find the client.',
      queries: byJob('job:http_requests:rate2m'),
      links: [toDashboardOfSeries('http', 'Requests')],
    }),
    table(7, 'Firing alerts by service', {
      width: 12,
      height: 7,
      question:
        'Which alerts are firing, for which service? The notification links the runbook; so does Grafana’s list.',
      normal: 'none.',
      otherwise:
        'critical before warning; one cause often fires several alerts: start with the service that is down.',
      queries: promqlNow(firing),
      columns: {
        alertname: {
          title: 'Alert',
          link: {
            title: 'Rule and runbook',
            url: `/alerting/list?search=\${__data.fields.Alert}`,
          },
        },
        severity: { title: 'Severity' },
        job: { title: 'Service' },
        instance: { title: 'Instance' },
      },
      empty: 'No firing alerts.',
      emptyWhenHealthy: 'no alerts fire on a healthy system',
    }),
    bars(8, 'Remaining error budget by objective', {
      width: 12,
      height: 7,
      question: 'Which objective is at risk?',
      normal: 'all over 50 %.',
      otherwise: 'the burn rates show whether it is still burning.',
      unit: 'percentunit',
      max: 1,
      queries: promqlNow('job_slo:error_budget_remaining:ratio{job=~"$job"}', '{{slo}}'),
      links: [toDashboard('slo', 'All objectives')],
      empty: 'No objective has events yet.',
    }),
    share(9, 'Saturation', {
      question: 'Which resource will run out first?',
      normal: 'all under 70 %.',
      otherwise: 'event loop: Node.js. Connections: database. The host: infrastructure.',
      queries: [
        promql('max(job:nodejs_eventloop_utilization_ratio:max{job=~"$job"})', 'event loop'),
        promql('max(job:db_connections_active_per_max:ratio{job=~"$job"})', 'database connections'),
        promql('max(instance:node_cpu_busy:ratio_rate2m)', 'CPU'),
        promql('max(instance:node_memory_used:ratio)', 'memory'),
      ],
      links: [
        toDashboard('runtime', 'Node.js'),
        toDashboard('database', 'Database'),
        toDashboard('infrastructure', 'Infrastructure'),
      ],
      empty: 'No saturation metrics.',
    }),
    count(10, 'Backlogs', {
      question: 'Is work piling up?',
      normal: 'a few events, and few queued WebSocket messages.',
      otherwise: 'events: the worker. Webhooks: a customer’s endpoint. Messages: slow clients.',
      queries: [
        promql('max(job:event_outbox_pending:max{job=~"$job"})', 'events'),
        promql('max(job:webhook_pending:max{job=~"$job"})', 'webhooks'),
        promql('max(job:channel_queue_depth:max{job=~"$job"})', 'deepest message queue'),
      ],
      links: [toDashboard('events', 'Events'), toDashboard('realtime', 'Realtime')],
      empty: 'No backlog metrics.',
    }),
    decimal(11, 'Orders per minute', {
      question: 'Are customers able to order?',
      normal: 'the daily pattern.',
      otherwise: 'it fell while requests did not: ordering or paying is broken.',
      queries: [
        promql('60 * sum(job:orders_created:rate2m{job=~"$job"})', 'placed'),
        promql('60 * sum(job:orders_completed:rate2m{job=~"$job"})', 'delivered'),
      ],
      links: [toDashboard('business', 'Business'), toDashboard('ai', 'AI')],
      empty: 'No order metrics.',
    }),
    perSecond(12, 'Error log rate', {
      width: 24,
      height: 6,
      question: 'Which service logs errors?',
      normal: 'nearly none.',
      otherwise: 'click a service’s line for its error logs.',
      queries: promql(
        'sum by (job) (job_level:log_lines:rate2m{job=~"$job", level=~"error|fatal"})',
        '{{job}}',
      ),
      links: [toErrorLogs, toErrorTraces, toDashboard('logs', 'All logs')],
      empty: 'No error lines.',
      emptyWhenHealthy: 'the series exists from the first error line on',
    }),
  ],
};
