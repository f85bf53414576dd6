import { bytes, count, decimal, ratio, seconds } from './shapes/graphs.ts';
import { promql } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

const noReplication = 'a database without standbys has no slots';

export const postgres: DashboardSpec = {
  uid: 'postgres',
  title: 'PostgreSQL',
  purpose: 'Sessions, vacuum, replication, checkpoints and backups of the database.',
  empty: 'No postgres-exporter targets.',
  panels: [
    seconds(1, 'Longest transaction', {
      width: 12,
      question: 'How long has the oldest transaction of each state been open?',
      normal: 'under a second.',
      otherwise:
        'idle: its client has forgotten it. It holds locks, and no row deleted since can be removed.',
      queries: promql(
        'max by (datname, state) (instance_session:pg_transaction_age_seconds:max)',
        '{{datname}} {{state}}',
      ),
      alerts: [
        { name: 'PostgresLongTransaction', comparison: 0 },
        { name: 'PostgresLongTransaction', comparison: 1, isDrawn: false },
      ],
      empty: 'No open transactions.',
      emptyWhenHealthy: 'a session outside of a transaction is in no state that counts',
    }),
    count(2, 'Sessions by state', {
      width: 12,
      question: 'What do the connections do?',
      normal: 'mostly idle, as pools keep them.',
      otherwise:
        'many active: statements queue, see “Query latency p95”. Idle in transaction: a leak.',
      queries: promql(
        'sum by (state) (pg_stat_activity_count{state!="", backend_type="client backend"})',
        '{{state}}',
      ),
    }),
    ratio(3, 'Dead rows', {
      question: 'Which share of a table’s rows waits to be vacuumed?',
      normal: 'under 20 %, where autovacuum starts.',
      otherwise: 'autovacuum cannot keep up, or an open transaction prevents it.',
      queries: promql(
        'topk(5, pg_stat_user_tables_n_dead_tup > 1000) / on (instance, datname, schemaname, relname) (pg_stat_user_tables_n_dead_tup + pg_stat_user_tables_n_live_tup)',
        '{{schemaname}}.{{relname}}',
      ),
      alerts: [{ name: 'PostgresVacuumBehind', isDrawn: false }],
      empty: 'No table with dead rows.',
      emptyWhenHealthy: 'tables with few dead rows are left out',
    }),
    count(4, 'Age of transaction numbers', {
      question: 'How many transactions old is the oldest number in use?',
      normal: 'under 200 million, where a vacuum is forced.',
      otherwise:
        'it rises above: find out what keeps vacuum from freezing rows, and vacuum by hand.',
      queries: promql(
        'max by (datname) (pg_database_wraparound_age_datfrozenxid_seconds)',
        '{{datname}}',
      ),
      alerts: [{ name: 'PostgresVacuumBehind', comparison: 1 }],
    }),
    decimal(5, 'Checkpoints per minute', {
      question: 'How often does PostgreSQL write a checkpoint, and was it due?',
      normal: '0.2 due ones, one in five minutes; hardly any requested.',
      otherwise: 'many requested: raise `max_wal_size`, or find what writes so much.',
      queries: [
        promql('60 * rate(pg_stat_checkpointer_num_timed_total[10m])', 'due'),
        promql('60 * rate(pg_stat_checkpointer_num_requested_total[10m])', 'requested'),
      ],
      alerts: [{ name: 'PostgresCheckpointsTooOften' }],
    }),
    bytes(6, 'Log kept for replication slots', {
      question: 'How much of the log does each slot keep, and the server altogether?',
      normal: 'slots: a few megabytes. Altogether: up to `max_wal_size`.',
      otherwise: 'a slot grows: its reader is slow or gone. Drop a slot that nobody needs.',
      queries: [
        promql('max(pg_wal_size_bytes)', 'altogether'),
        {
          ...promql('max by (slot_name) (pg_replication_slots_pg_wal_lsn_diff)', '{{slot_name}}'),
          emptyWhenHealthy: noReplication,
        },
      ],
      alerts: [{ name: 'PostgresReplicationBehind' }],
    }),
    seconds(7, 'Replication lag', {
      question: 'How far behind is the standby?',
      normal: 'under a second; 0 on a primary.',
      otherwise: 'it replays too slowly, or a long query on it holds the replay up.',
      queries: promql('max by (instance) (pg_replication_lag_seconds)', '{{instance}}'),
      alerts: [{ name: 'PostgresReplicationBehind', comparison: 2 }],
    }),
    seconds(8, 'Age of the newest backup', {
      question: 'When was the last good backup made?',
      normal: 'under a day.',
      otherwise: 'the job fails or is gone: its log has the reason.',
      queries: promql(
        'time() - max by (database) (postgres_backup_last_success_timestamp_seconds)',
        '{{database}}',
      ),
      alerts: [{ name: 'PostgresBackupOld' }],
      empty: 'No backup is known.',
    }),
    bytes(9, 'Size of database and backup', {
      question: 'How large is the database, and how large its newest backup?',
      normal: 'both grow slowly.',
      otherwise: 'a backup that shrinks holds less than you think: list it.',
      queries: [
        promql('max by (datname) (pg_database_size_bytes{datname!~"template.*"})', '{{datname}}'),
        promql('max by (database) (postgres_backup_size_bytes)', 'backup of {{database}}'),
      ],
    }),
  ],
};
