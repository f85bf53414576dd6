import { toErrorLogs, toErrorTraces } from './shapes/links.ts';
import { maybe, promql, promqlNow, where } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

/** The watchers themselves: whether they would tell you. */
export const stack: DashboardSpec = {
  uid: 'stack',
  title: 'Monitoring stack',
  purpose: 'The watchers themselves: whether they see, and whether they would tell you.',
  variables: ['job'],
  range: '1h',
  panels: [
    {
      id: 1,
      title: 'Targets',
      kind: 'stat',
      width: 16,
      height: 6,
      question: 'Does everything that is to be watched answer?',
      normal: 'all up.',
      otherwise: 'what is down can’t be seen: start it, or take it out of the targets.',
      unit: 'short',
      words: { 0: 'down', 1: 'up' },
      queries: [promqlNow('min by (job) (up{job=~"$job"})', '{{job}}')],
      alerts: [{ name: 'TargetDown' }],
      links: [toErrorLogs],
      empty: 'Prometheus scrapes nothing.',
    },
    {
      id: 2,
      title: 'Since the last heartbeat in the inbox',
      kind: 'stat',
      width: 8,
      height: 6,
      question: 'Would an alert arrive? The watchdog’s beat takes the same way.',
      normal: 'less than a few minutes.',
      otherwise: 'the way from rule to person is broken: the next panels show where.',
      unit: 's',
      queries: [promqlNow('time() - max(inbox_last_heartbeat_timestamp_seconds > 0)', 'heartbeat')],
      alerts: [{ name: 'Watchdog', isDrawn: false }],
      empty: 'No beat has arrived yet.',
    },
    {
      id: 3,
      title: 'Rules that fail, a minute',
      kind: 'timeseries',
      width: 8,
      question: 'Can every rule be evaluated?',
      normal: 'none fails.',
      otherwise: 'such an alert can’t fire: Prometheus’ page of rules shows the reason.',
      unit: 'short',
      decimals: 1,
      min: 0,
      queries: [
        promql(
          '60 * sum by (job, instance) (rate(prometheus_rule_evaluation_failures_total[2m]))',
          '{{instance}}',
        ),
      ],
      alerts: [{ name: 'PrometheusRuleFailures' }],
      empty: 'Prometheus is not scraped.',
    },
    {
      id: 4,
      title: 'Alerts that do not reach Alertmanager',
      kind: 'timeseries',
      width: 8,
      question: 'Which share of what Prometheus sends is lost?',
      normal: '0 %.',
      otherwise: 'Alertmanager is down or unreachable: nobody is told of anything.',
      unit: 'percentunit',
      min: 0,
      max: 1,
      queries: [
        promql(
          `
          min by (job, instance) (
            rate(prometheus_notifications_errors_total[2m])
            / (rate(prometheus_notifications_sent_total[2m]) > 0)
          )
          or 0 * min by (job, instance) (prometheus_notifications_alertmanagers_discovered)
          `,
          '{{instance}}',
        ),
      ],
      alerts: [{ name: 'PrometheusNotConnectedToAlertmanager' }],
      empty: 'Prometheus is not scraped.',
    },
    {
      id: 5,
      title: 'Notifications that fail',
      kind: 'timeseries',
      width: 8,
      question: 'Which share of what Alertmanager sends does not arrive, by receiver?',
      normal: '0 %.',
      otherwise:
        'the receiver’s address, its token, or its service: Alertmanager’s log has the answer it got.',
      unit: 'percentunit',
      min: 0,
      max: 1,
      queries: [
        promql(
          `
          sum by (integration) (rate(alertmanager_notifications_failed_total[2m]))
          / (sum by (integration) (rate(alertmanager_notifications_total[2m])) > 0)
          `,
          '{{integration}}',
        ),
      ],
      alerts: [{ name: 'AlertmanagerNotificationsFailing' }],
      empty: 'Nothing was sent in this time.',
      emptyWhenHealthy: 'where nothing fires, nothing but a rare heartbeat is sent',
    },
    {
      id: 6,
      title: 'Telemetry that services lose, a minute',
      kind: 'timeseries',
      width: 8,
      question: 'Do services get rid of their spans and log lines?',
      normal: 'none is lost.',
      otherwise: 'spans: Jaeger is away or slow. Lines: the disk is full or slow.',
      unit: 'short',
      decimals: 1,
      min: 0,
      queries: [
        promql('60 * job:telemetry_spans_dropped:rate2m{job=~"$job"}', 'spans, {{job}}'),
        promql('60 * job:log_lines_dropped:rate2m{job=~"$job"}', 'lines, {{job}}'),
      ],
      alerts: [{ name: 'TelemetryDropping' }],
      links: [toErrorLogs, toErrorTraces],
      empty: 'No service counts what it loses.',
    },
    {
      id: 7,
      title: 'Spans that Jaeger refuses, a minute',
      kind: 'timeseries',
      width: 8,
      question: 'Does Jaeger take every span?',
      normal: 'none is refused.',
      otherwise: 'it is out of memory, or its storage is full or away.',
      unit: 'short',
      decimals: 1,
      min: 0,
      queries: [
        where(
          'jaeger',
          maybe(
            'the first span that arrives makes the series',
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
      ],
      alerts: [{ name: 'JaegerRefusingSpans' }],
      empty: 'No Jaeger is scraped.',
    },
    {
      id: 8,
      title: 'Series in Prometheus',
      kind: 'timeseries',
      width: 8,
      question: 'How many series does Prometheus hold?',
      normal: 'flat; a step at a deployment that adds a metric.',
      otherwise:
        'it climbs: some label has values without end. `topk(10, count by (__name__) ({__name__=~".+"}))` finds it.',
      unit: 'short',
      min: 0,
      queries: [promql('prometheus_tsdb_head_series', '{{instance}}')],
      empty: 'Prometheus is not scraped.',
    },
    {
      id: 9,
      title: 'Slowest scrapes',
      kind: 'timeseries',
      width: 8,
      question: 'How long does it take to ask a target?',
      normal: 'under 200 ms.',
      otherwise: 'near the scrape’s deadline: soon it will look as if it were down.',
      unit: 's',
      min: 0,
      queries: [promql('topk(10, job:scrape_duration_seconds:max{job=~"$job"})', '{{job}}')],
      empty: 'Prometheus scrapes nothing.',
    },
    {
      id: 10,
      title: 'Slowest groups of rules',
      kind: 'timeseries',
      width: 8,
      question: 'How long does it take to evaluate the rules?',
      normal: 'under 100 ms, of five seconds that there are.',
      otherwise: 'near their interval: evaluations are left out. Which rule reads so many series?',
      unit: 's',
      min: 0,
      queries: [
        promql(
          `
          topk(5, label_replace(
            prometheus_rule_group_last_duration_seconds, "group", "$1", "rule_group", ".*;(.*)"
          ))
          `,
          '{{group}}',
        ),
      ],
      empty: 'Prometheus is not scraped.',
    },
    {
      id: 11,
      title: 'Memory of the watchers',
      kind: 'timeseries',
      width: 8,
      question: 'What does watching cost?',
      normal: 'flat, under the limits of the compose file.',
      otherwise:
        'Prometheus: more series. Loki: a query over too much. Jaeger: more traces than it may hold.',
      unit: 'bytes',
      min: 0,
      queries: [promql('job:watcher_memory_bytes:max{job=~"$job"}', '{{job}}')],
      empty: 'No watcher is scraped.',
    },
    {
      id: 12,
      title: 'Where alerts go',
      kind: 'timeseries',
      width: 24,
      height: 6,
      question: 'How many notifications are sent, a minute, by receiver?',
      normal: 'the watchdog’s beats, and little else.',
      otherwise: 'a flood: grouping or an inhibition is missing for what fires.',
      unit: 'short',
      decimals: 1,
      min: 0,
      queries: [
        promql(
          '60 * sum by (integration) (rate(alertmanager_notifications_total[2m])) > 0',
          '{{integration}}',
        ),
      ],
      empty: 'Nothing was sent in this time.',
      emptyWhenHealthy: 'where nothing fires, nothing but a rare heartbeat is sent',
    },
  ],
};
