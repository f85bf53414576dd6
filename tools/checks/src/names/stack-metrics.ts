/**
 * The metrics of the stack's own components, which have no catalogue of ours. Read from running ones:
 * Prometheus 3.5.3, Alertmanager 0.33.1, node-exporter 1.11.1, postgres-exporter 0.19.1 (all Debian),
 * Loki 3.7, Promtail, and Jaeger 2.20 as Prometheus stores it. Alloy's `loki_write_dropped_entries_total`
 * is from its documentation.
 */
export const stackMetrics: readonly string[] = `
  alertmanager_notifications_failed_total alertmanager_notifications_total
  loki_distributor_lines_received_total loki_write_dropped_entries_total node_cpu_seconds_total
  node_disk_read_bytes_total node_disk_written_bytes_total node_filesystem_avail_bytes
  node_filesystem_files node_filesystem_files_free node_filesystem_readonly
  node_filesystem_size_bytes node_load5 node_memory_MemAvailable_bytes node_memory_MemTotal_bytes
  node_network_receive_bytes_total node_network_transmit_bytes_total node_nf_conntrack_entries
  node_nf_conntrack_entries_limit node_nf_conntrack_stat_drop node_nf_conntrack_stat_early_drop
  node_pressure_cpu_waiting_seconds_total node_pressure_io_waiting_seconds_total
  node_pressure_memory_waiting_seconds_total node_time_seconds node_timex_maxerror_seconds
  node_timex_offset_seconds node_timex_sync_status node_vmstat_oom_kill otelcol_process_memory_rss
  otelcol_receiver_accepted_spans otelcol_receiver_failed_spans otelcol_receiver_refused_spans
  pg_settings_max_connections pg_stat_activity_max_tx_duration pg_stat_database_deadlocks
  pg_stat_database_numbackends pg_up prometheus_config_last_reload_success_timestamp_seconds
  prometheus_notifications_alertmanagers_discovered prometheus_notifications_errors_total
  prometheus_notifications_sent_total prometheus_rule_evaluation_failures_total
  prometheus_rule_group_last_duration_seconds prometheus_tsdb_head_series
  promtail_dropped_entries_total promtail_read_lines_total promtail_sent_entries_total
`
  .trim()
  .split(/\s+/);

/** The labels of these, and those that rules add. */
export const stackLabels: readonly string[] = [
  ...['cpu', 'datname', 'device', 'direction', 'fstype', 'integration', 'kind', 'mode'],
  ...['mountpoint', 'rule_group', 'signal', 'slo', 'transport'],
];
