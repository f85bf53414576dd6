import { bytes, count, decimal, seconds, share, stat } from './shapes/graphs.ts';
import { toErrorLogs, toErrorTraces } from './shapes/links.ts';
import { byJob, maybe, promql, promqlNow, where } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

export const stack: DashboardSpec = {
  uid: 'stack',
  title: 'Monitoring stack',
  purpose: 'Health of the monitoring stack itself: scraping, rules and notifications.',
  empty: 'No Prometheus target.',
  panels: [
    stat(1, 'Targets', {
      width: 16,
      height: 6,
      question: 'Is every target up?',
      normal: 'all up.',
      otherwise: 'a target that is down is not monitored: start it, or remove it from the targets.',
      valueTexts: { 0: 'down', 1: 'up' },
      queries: promqlNow('min by (job) (up{job=~"$job"})', '{{job}}'),
      alerts: [
        { name: 'TargetDown', comparison: 2 },
        { name: 'TargetVanished', isDrawn: false },
      ],
      links: [toErrorLogs],
      empty: 'No targets.',
    }),
    stat(2, 'Time since the last heartbeat', {
      width: 8,
      height: 6,
      question: 'Would an alert arrive? The Watchdog heartbeat takes the same path.',
      normal: 'less than a few minutes.',
      otherwise:
        'the path from rule to inbox is broken, as the next panels show, or a silence mutes everything.',
      unit: 's',
      queries: promqlNow('time() - max(inbox_last_heartbeat_timestamp_seconds > 0)', 'heartbeat'),
      alerts: [
        { name: 'Watchdog', isDrawn: false },
        { name: 'SilenceOverEverything', isDrawn: false },
      ],
      empty: 'No heartbeat yet.',
    }),
    decimal(3, 'Rule evaluation failures per minute', {
      question: 'Can every rule be evaluated?',
      normal: 'none.',
      otherwise: 'a failing alert rule cannot fire: Prometheus’ rules page shows the reason.',
      queries: promql(
        '60 * sum by (job, instance) (rate(prometheus_rule_evaluation_failures_total[2m]))',
        '{{instance}}',
      ),
      alerts: [{ name: 'PrometheusRuleFailures' }],
    }),
    share(4, 'Alerts not delivered to Alertmanager', {
      question: 'Which share of the alerts sent to Alertmanager fails?',
      normal: '0 %.',
      otherwise: 'Alertmanager is down or unreachable: nobody is notified.',
      queries: promql(`
        min by (job, instance) (
          rate(prometheus_notifications_errors_total[2m])
          / (rate(prometheus_notifications_sent_total[2m]) > 0)
        )
        or 0 * min by (job, instance) (prometheus_notifications_alertmanagers_discovered)
      `),
      legend: '{{instance}}',
      alerts: [{ name: 'PrometheusNotConnectedToAlertmanager' }],
    }),
    share(5, 'Notification failure ratio', {
      question: 'Which share of Alertmanager’s notifications fails, by integration?',
      normal: '0 %.',
      otherwise: 'the receiver’s address, token or service: Alertmanager’s log has the response.',
      queries: promql(`
        sum by (integration) (rate(alertmanager_notifications_failed_total[2m]))
        / (sum by (integration) (rate(alertmanager_notifications_total[2m])) > 0)
      `),
      legend: '{{integration}}',
      alerts: [{ name: 'AlertmanagerNotificationsFailing' }],
      empty: 'No notifications in this time range.',
      emptyWhenHealthy: 'without firing alerts only the heartbeat is sent',
    }),
    decimal(6, 'Dropped telemetry per minute', {
      question: 'Do services drop spans or log lines?',
      normal: 'none.',
      otherwise: 'spans: Jaeger is down or slow. Lines: the disk is full or slow.',
      queries: [
        promql('60 * job:telemetry_spans_dropped:rate2m{job=~"$job"}', 'spans, {{job}}'),
        promql('60 * job:log_lines_dropped:rate2m{job=~"$job"}', 'lines, {{job}}'),
      ],
      alerts: [{ name: 'TelemetryDropping' }],
      links: [toErrorLogs, toErrorTraces],
      empty: 'No telemetry metrics.',
    }),
    decimal(7, 'Spans refused by Jaeger per minute', {
      question: 'Does Jaeger accept every span?',
      normal: 'none.',
      otherwise: 'it is out of memory, or its storage is full or unavailable.',
      queries: where(
        'jaeger',
        maybe(
          'the series exists from the first span on',
          promql(
            `
            60 * sum by (job, instance) (
              rate(otelcol_receiver_refused_spans[2m]) + rate(otelcol_receiver_failed_spans[2m])
            )
            `,
            '{{instance}}',
          ),
        ),
      ),
      alerts: [{ name: 'JaegerRefusingSpans' }],
      empty: 'No Jaeger target.',
    }),
    count(8, 'Prometheus series', {
      question: 'How many series does Prometheus hold?',
      normal: 'flat; a step at a deployment that adds a metric.',
      otherwise:
        'it climbs: a label has unbounded values. `topk(10, count by (__name__) ({__name__=~".+"}))` finds it.',
      queries: promql('prometheus_tsdb_head_series', '{{instance}}'),
    }),
    seconds(9, 'Slowest scrapes', {
      question: 'How long do scrapes take?',
      normal: 'under 200 ms.',
      otherwise: 'near the scrape timeout: soon the target will count as down.',
      queries: promql('topk(10, job:scrape_duration_seconds:max{job=~"$job"})', '{{job}}'),
      empty: 'No targets.',
    }),
    seconds(10, 'Slowest rule groups', {
      question: 'How long does rule evaluation take?',
      normal: 'under 100 ms, with an interval of five seconds.',
      otherwise:
        'near the interval: evaluations are skipped. Find the rule that reads so many series.',
      queries: promql(`
        topk(5, label_replace(
          prometheus_rule_group_last_duration_seconds, "group", "$1", "rule_group", ".*;(.*)"
        ))
      `),
      legend: '{{group}}',
    }),
    bytes(11, 'Memory of the monitoring stack', {
      question: 'How much memory does the monitoring use?',
      normal: 'flat, under the limits of the compose file.',
      otherwise:
        'Prometheus: more series. Loki: a query over too many lines. Jaeger: more traces than it can hold.',
      queries: byJob('job:watcher_memory_bytes:max'),
      empty: 'No monitoring targets.',
    }),
    decimal(12, 'Notifications per minute', {
      width: 24,
      height: 6,
      question: 'How many notifications are sent per minute, by integration?',
      normal: 'the heartbeat, and little else.',
      otherwise: 'a flood: grouping or an inhibition is missing for the firing alerts.',
      queries: promql('60 * sum by (integration) (rate(alertmanager_notifications_total[2m])) > 0'),
      legend: '{{integration}}',
      empty: 'No notifications in this time range.',
      emptyWhenHealthy: 'without firing alerts only the heartbeat is sent',
    }),
  ],
};
