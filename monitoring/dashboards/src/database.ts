import { decimal, perSecond, ratio, seconds, share, stat } from './shapes/graphs.ts';
import {
  toAllErrorLogs,
  toDashboardOfSeries,
  toErrorLogs,
  toErrorTraces,
  toSlowTraces,
} from './shapes/links.ts';
import { byJob, exemplarsOf, maybe, promql, sumBy, withExemplars } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

export const database: DashboardSpec = {
  uid: 'database',
  title: 'Database',
  purpose: 'Database connections and queries, caches and the object store.',
  empty: 'No postgres-exporter targets.',
  panels: [
    seconds(1, 'Connection wait p95', {
      question: 'How long do 5 % of callers wait for a connection, or longer?',
      normal: 'a few milliseconds.',
      otherwise:
        'the pool is too small for how long connections are held: look for slow queries first.',
      queries: withExemplars('job:db_pool_wait_duration_seconds:p95_rate2m'),
      alerts: [{ name: 'DatabasePoolWait' }],
      links: [toSlowTraces, toErrorLogs],
      empty: 'No connections requested.',
    }),
    seconds(2, 'Query latency p95', {
      question: 'What latency do 5 % of queries exceed?',
      normal: 'under 50 ms.',
      otherwise:
        'click a diamond for the trace with the query; the log has its shape as `slow_query`.',
      queries: withExemplars('job:db_query_duration_seconds:p95_rate2m'),
      alerts: [{ name: 'SlowDatabaseQueries' }],
      links: [toSlowTraces, toErrorLogs],
      empty: 'No queries.',
    }),
    decimal(3, 'Slow queries per minute', {
      question: 'How many queries take over 100 ms?',
      normal: 'none, or an occasional one.',
      otherwise: 'a steady rate: a query has lost its index; the log names it as `slow_query`.',
      queries: promql('60 * job:db_slow_queries:rate2m{job=~"$job"}', '{{job}}'),
      alerts: [{ name: 'SlowQueryBurst' }],
      links: [toErrorLogs, toSlowTraces],
      empty: 'No slow queries.',
      emptyWhenHealthy: 'the series exists from the first slow query of an operation on',
    }),
    share(4, 'Connection pool usage', {
      question: 'How close is the fullest pool to exhaustion?',
      normal: 'under 50 %.',
      otherwise:
        'find the holders: “Oldest transaction” shows whether a transaction was left open.',
      queries: byJob('job:db_connections_active_per_max:ratio'),
      alerts: [{ name: 'DatabasePoolExhausted' }, { name: 'DatabasePoolHigh' }],
      links: [toErrorLogs, toSlowTraces],
      empty: 'No connection pools.',
    }),
    perSecond(5, 'Queries by operation', {
      width: 12,
      question: 'Which operations run, and do any fail?',
      normal: 'mostly reads; the failed line at zero, or absent.',
      otherwise:
        'failures: the error logs have the reason. Many more reads than requests: queries in a loop.',
      queries: [
        sumBy('job_operation:db_queries:rate2m', 'operation'),
        maybe(
          'the series exists from the first failed query on',
          promql('sum(job:db_query_errors:rate2m{job=~"$job"})', 'failed'),
        ),
      ],
      links: [toAllErrorLogs],
      empty: 'No queries.',
    }),
    stat(7, 'PostgreSQL status', {
      width: 4,
      height: 8,
      question: 'Can the exporter reach the database?',
      normal: 'yes.',
      otherwise: 'it is down, or rejects the exporter’s role; services’ error logs show which.',
      valueTexts: { 0: 'no', 1: 'yes' },
      queries: promql('min(pg_up)', 'PostgreSQL'),
      alerts: [{ name: 'PostgresDown', comparison: 2 }],
    }),
    share(8, 'PostgreSQL connection usage', {
      question: 'How close is PostgreSQL to its connection limit?',
      normal: 'the sum of all pools, under 50 %.',
      otherwise: 'more instances than planned: use smaller pools, or a connection pooler.',
      queries: promql('instance:pg_connections_per_max:ratio', '{{instance}}'),
      alerts: [{ name: 'PostgresConnectionsHigh' }],
      links: [toErrorLogs],
    }),
    decimal(9, 'Deadlocks per minute', {
      question: 'Are deadlocks aborting transactions?',
      normal: 'zero; an occasional one is retried.',
      otherwise: 'two code paths lock in opposite order: PostgreSQL’s log has both statements.',
      queries: promql('60 * sum by (datname) (rate(pg_stat_database_deadlocks{datname!=""}[2m]))'),
      legend: '{{datname}}',
      alerts: [{ name: 'PostgresDeadlocks' }],
    }),
    seconds(10, 'Oldest transaction', {
      question: 'Is a transaction left open?',
      normal: 'under a second; a minute during a backup.',
      otherwise: 'it holds locks and prevents vacuuming: find it in `pg_stat_activity`.',
      queries: promql('max by (datname) (pg_stat_activity_max_tx_duration{datname!=""})'),
      legend: '{{datname}}',
    }),
    share(11, 'Cache hit rate', {
      question: 'Which share of lookups do caches answer?',
      normal: 'over 80 %; lower in the first minutes after a restart.',
      otherwise: 'a flush, keys that never repeat, or a cache that is too small.',
      queries: byJob('job_cache:cache_hits_per_lookups:ratio_rate2m', 'cache'),
      alerts: [{ name: 'LowCacheHitRate' }],
      links: [toDashboardOfSeries('http', 'Requests')],
      empty: 'No cache lookups.',
    }),
    ratio(6, 'Object store error ratio', {
      question: 'Which share of uploads and downloads fails?',
      normal: '0 %; a missing object is not an error.',
      otherwise:
        'the store rejects requests or is down; the log has `attachment_upload_failed` with the reason.',
      queries: promql(`
        sum by (job, direction) (job_direction_result:object_transfers:rate2m{job=~"$job", result="error"})
        / (sum by (job, direction) (job_direction_result:object_transfers:rate2m{job=~"$job", result!="cancelled"}) > 0)
        or 0 * sum by (job, direction) (job_direction_result:object_transfers:rate2m{job=~"$job"} > 0)
      `),
      legend: '{{job}} {{direction}}',
      alerts: [{ name: 'ObjectStoreErrors' }],
      links: [toErrorLogs, toErrorTraces],
      empty: 'No object store transfers.',
    }),
    seconds(12, 'Object store latency p95', {
      question: 'What duration do 5 % of uploads and downloads exceed?',
      normal: 'under half a second for a picture.',
      otherwise: 'the store, or the network. Failures are logged as `attachment_upload_failed`.',
      queries: [
        byJob('job_direction:object_transfer_duration_seconds:p95_rate2m', 'direction'),
        exemplarsOf('s3_upload_duration_seconds'),
      ],
      alerts: [{ name: 'ObjectStoreSlow' }],
      links: [toErrorLogs, toErrorTraces],
      empty: 'No object store transfers.',
    }),
  ],
};
