import { count, decimal, ratio, share, stat } from './shapes/graphs.ts';
import { maybe, promql, promqlNow, where } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

const perGroup = (expression: string) =>
  promql(`topk(5, label_replace(${expression}, "group", "$1", "rule_group", ".*;(.*)"))`);

export const internals: DashboardSpec = {
  uid: 'internals',
  title: 'Monitoring internals',
  purpose:
    'Inside Prometheus, Alertmanager, the exporters and Jaeger: what fails before it is missed.',
  empty: 'No Prometheus target.',
  panels: [
    stat(1, 'Last configuration', {
      width: 8,
      height: 8,
      question: 'Was the last changed configuration accepted?',
      normal: 'yes, by each component.',
      otherwise: 'its log names the line; do not restart it before the line is corrected.',
      valueTexts: { 0: 'refused', 1: 'accepted' },
      queries: promqlNow(
        `
        min by (job) (
          prometheus_config_last_reload_successful
          or alertmanager_config_last_reload_successful
          or blackbox_exporter_config_last_reload_successful
          or alloy_config_last_load_successful
        )
        `,
        '{{job}}',
      ),
      alerts: [{ name: 'ConfigReloadFailed' }],
    }),
    ratio(2, 'Rule group duration by interval', {
      question: 'Which share of its interval does a rule group take?',
      normal: 'under 20 %.',
      otherwise: 'above 100 % evaluations are left out: find the rule that reads so many series.',
      queries: perGroup(
        'prometheus_rule_group_last_duration_seconds / prometheus_rule_group_interval_seconds',
      ),
      legend: '{{group}}',
      alerts: [{ name: 'PrometheusRulesSlow' }],
    }),
    share(3, 'Evaluations left out', {
      question: 'Which share of a group’s evaluations is left out?',
      normal: 'none; some after the machine stood still.',
      otherwise: 'its alerts come late: see the panel on the left.',
      queries: perGroup(`
        rate(prometheus_rule_group_iterations_missed_total[5m])
        / (rate(prometheus_rule_group_iterations_total[5m]) > 0)
      `),
      legend: '{{group}}',
      alerts: [{ name: 'PrometheusRulesSlow', comparison: 1 }],
    }),
    decimal(4, 'Storage failures per minute', {
      question: 'Does Prometheus write its log, shorten it, compact and read its blocks?',
      normal: 'no failures.',
      otherwise: 'a full disk, or a block that cannot be read: the log names it.',
      queries: [
        promql('60 * rate(prometheus_tsdb_wal_writes_failed_total[10m])', 'log write'),
        promql('60 * rate(prometheus_tsdb_wal_truncations_failed_total[10m])', 'log truncation'),
        promql('60 * rate(prometheus_tsdb_head_truncations_failed_total[10m])', 'head truncation'),
        promql('60 * rate(prometheus_tsdb_compactions_failed_total[10m])', 'compaction'),
        promql('60 * rate(prometheus_tsdb_reloads_failures_total[10m])', 'block reload'),
      ],
      alerts: [{ name: 'PrometheusStorageFailing' }],
    }),
    share(5, 'Notification queue', {
      question: 'How full is the queue between Prometheus and Alertmanager?',
      normal: 'empty.',
      otherwise: 'Alertmanager is slow, or a rule fires thousands of alerts.',
      queries: promql(
        `
        max by (instance) (prometheus_notifications_queue_length)
        / max by (instance) (prometheus_notifications_queue_capacity)
        `,
        '{{instance}}',
      ),
      alerts: [{ name: 'PrometheusNotificationsQueued' }],
    }),
    decimal(6, 'Rejected scrapes per minute', {
      question: 'Does a target exceed a limit?',
      normal: 'none.',
      otherwise: 'nothing of that target is stored: Prometheus’ targets page names it.',
      queries: [
        promql('60 * rate(prometheus_target_scrapes_exceeded_sample_limit_total[2m])', 'samples'),
        promql('60 * rate(prometheus_target_scrapes_exceeded_body_size_limit_total[2m])', 'bytes'),
        promql(
          '60 * rate(prometheus_target_scrape_pool_exceeded_label_limits_total[2m])',
          'labels',
        ),
      ],
      alerts: [{ name: 'PrometheusScrapeLimitExceeded' }],
    }),
    count(7, 'Largest scrapes', {
      question: 'Which job’s targets have the most samples?',
      normal: 'flat, and a tenth of the limit.',
      otherwise: 'one climbs: a label has unbounded values.',
      queries: promql('topk(5, max by (job) (scrape_samples_scraped{job=~"$job"}))', '{{job}}'),
      empty: 'No targets.',
    }),
    decimal(8, 'Days until the series no longer fit', {
      question: 'How many days of growth do memory and disk still take?',
      normal: 'no line: nothing grows, or all of it fits.',
      otherwise: 'find the metric with the most series; see the panel on the left.',
      queries: promql('instance_resource:prometheus_seconds_left:min / 86400', '{{resource}}'),
      alerts: [{ name: 'PrometheusSeriesGrowth', isDrawn: false }],
      empty: 'Nothing grows.',
      emptyWhenHealthy: 'without growth there is no day on which it ends',
    }),
    count(9, 'Alertmanager cluster members', {
      question: 'How many members does each Alertmanager see?',
      normal: 'all of them; no line where it runs alone.',
      otherwise: 'those that do not see each other notify everything twice.',
      queries: promql('alertmanager_cluster_members', '{{instance}}'),
      alerts: [{ name: 'AlertmanagerClusterIncomplete', isDrawn: false }],
      empty: 'No cluster.',
      emptyWhenHealthy: 'a single Alertmanager has no cluster',
    }),
    count(10, 'Failing collectors', {
      width: 12,
      question: 'How many collectors of each exporter fail?',
      normal: 'node-exporter: those whose hardware is missing. postgres-exporter: none.',
      otherwise: 'one more than before: its log has the reason, mostly a missing right.',
      queries: promql(
        'count by (job) (node_scrape_collector_success == 0 or pg_scrape_collector_success == 0) or 0 * count by (job) (pg_up)',
        '{{job}}',
      ),
      alerts: [{ name: 'ExporterCollectorFailing', isDrawn: false }],
    }),
    decimal(11, 'Jaeger storage errors per minute', {
      width: 12,
      question: 'Does Jaeger’s storage write every span, and answer?',
      normal: 'none.',
      otherwise: 'the disk is full, or the storage unreachable: spans that were accepted are lost.',
      queries: [
        where(
          'jaeger',
          maybe(
            'the series exists from the first failure on',
            promql(
              '60 * sum by (instance) (rate(otelcol_exporter_send_failed_spans{exporter="jaeger_storage_exporter"}[2m]))',
              'spans not written, {{instance}}',
            ),
          ),
        ),
        where(
          'jaeger',
          maybe(
            'the series exists from the first read on',
            promql(
              '60 * sum by (operation) (rate(jaeger_storage_requests{result="err"}[2m]))',
              '{{operation}}',
            ),
          ),
        ),
      ],
      alerts: [{ name: 'JaegerStorageErrors' }],
      empty: 'No Jaeger target.',
    }),
    decimal(12, 'Label values beyond bounds, per minute', {
      width: 24,
      height: 6,
      question: 'Does a metric get label values that nobody has listed, or too many?',
      normal: 'none.',
      otherwise: 'a label without bounds, or a new value: the page says which.',
      queries: promql(
        '60 * sum by (job, metric) (rate(telemetry_label_overflows_total{job=~"$job"}[2m])) > 0',
        '{{metric}}, {{job}}',
      ),
      alerts: [{ name: 'TelemetryLabelOverflows' }],
      empty: 'None.',
      emptyWhenHealthy: 'no label value is beyond its bound',
    }),
  ],
};
