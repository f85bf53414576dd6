/**
 * The metrics of the stack's own components, which have no catalogue of ours. Read from running ones:
 * Prometheus 3.5.3, Alertmanager 0.33.1, node-exporter 1.11.1, postgres-exporter 0.19.1 (all Debian),
 * blackbox-exporter 0.28 (Debian), Loki 3.7, Promtail, and Jaeger 2.20 as Prometheus stores it. Those of
 * Alloy (`alloy_`, `loki_source_`, `loki_write_`) are from its documentation and source;
 * `postgres_backup*` is what monitoring/backup leaves for node-exporter.
 */
export const stackMetrics: readonly string[] = `
  alertmanager_cluster_failed_peers alertmanager_cluster_members
  alertmanager_cluster_reconnections_failed_total alertmanager_config_last_reload_success_timestamp_seconds
  alertmanager_config_last_reload_successful alloy_config_last_load_successful
  alertmanager_notifications_failed_total alertmanager_notifications_total
  blackbox_exporter_config_last_reload_successful go_gc_gomemlimit_bytes go_memstats_alloc_bytes
  jaeger_storage_requests loki_discarded_samples_total loki_ingester_chunks_flush_failures_total
  loki_ingester_chunks_flushed_total loki_panic_total loki_request_duration_seconds_count
  loki_request_duration_seconds_sum loki_source_file_file_bytes_total
  loki_source_file_read_bytes_total node_scrape_collector_success node_textfile_scrape_error
  otelcol_exporter_send_failed_spans pg_exporter_last_scrape_error pg_scrape_collector_success
  probe_dns_lookup_time_seconds probe_duration_seconds probe_http_duration_seconds
  probe_http_status_code probe_ip_protocol probe_ssl_earliest_cert_expiry probe_success
  prometheus_config_last_reload_successful prometheus_notifications_dropped_total
  prometheus_notifications_latency_seconds prometheus_notifications_queue_capacity
  prometheus_notifications_queue_length prometheus_rule_group_interval_seconds
  prometheus_rule_group_iterations_missed_total prometheus_rule_group_iterations_total
  prometheus_target_scrape_pool_exceeded_label_limits_total
  prometheus_target_scrape_pool_target_limit prometheus_target_scrape_pool_targets
  prometheus_target_scrapes_exceeded_body_size_limit_total
  prometheus_target_scrapes_exceeded_native_histogram_bucket_limit_total
  prometheus_target_scrapes_exceeded_sample_limit_total
  prometheus_tsdb_checkpoint_creations_failed_total prometheus_tsdb_compactions_failed_total
  prometheus_tsdb_head_truncations_failed_total prometheus_tsdb_lowest_timestamp_seconds
  prometheus_tsdb_reloads_failures_total prometheus_tsdb_retention_limit_bytes
  prometheus_tsdb_retention_limit_seconds prometheus_tsdb_storage_blocks_bytes
  prometheus_tsdb_wal_corruptions_total prometheus_tsdb_wal_truncations_failed_total
  prometheus_tsdb_wal_writes_failed_total promtail_file_bytes_total promtail_read_bytes_total
  promtail_request_duration_seconds_count
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
  pg_database_size_bytes pg_database_wraparound_age_datfrozenxid_seconds
  pg_replication_lag_seconds pg_replication_slots_active pg_replication_slots_pg_wal_lsn_diff
  pg_settings_autovacuum_vacuum_scale_factor pg_settings_autovacuum_vacuum_threshold
  pg_stat_activity_count pg_stat_checkpointer_num_requested_total
  pg_stat_checkpointer_num_timed_total pg_stat_user_tables_n_dead_tup
  pg_stat_user_tables_n_live_tup pg_wal_size_bytes
  postgres_backup_duration_seconds postgres_backup_last_attempt_succeeded
  postgres_backup_last_success_timestamp_seconds postgres_backup_size_bytes postgres_backups
  node_textfile_mtime_seconds
`
  .trim()
  .split(/\s+/);

/** The labels of these, and those that rules add. */
export const stackLabels: readonly string[] = [
  ...['cpu', 'datname', 'device', 'direction', 'fstype', 'integration', 'kind', 'mode'],
  ...['mountpoint', 'rule_group', 'signal', 'slo', 'transport', 'device_error'],
  ...['__name__', 'alertmanager', 'collector', 'exporter', 'limit', 'path', 'phase'],
  ...['resource', 'scrape_job'],
  ...['application_name', 'backend_type', 'database', 'relname', 'schemaname', 'slot_name'],
  ...['state', 'usename'],
];
