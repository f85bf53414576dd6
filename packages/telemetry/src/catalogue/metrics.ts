import { counter, gauge, histogram } from './types.ts';
import {
  dependencyMetrics,
  eventMetrics,
  realtimeMetrics,
  storeMetrics,
} from './wrapper-metrics.ts';

/** The values of `method`; any other becomes `other`. */
export const httpMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

// A service rarely has more than a hundred routes; past the bound a template becomes `other`.
const routes = { atMost: 300 } as const;
const statusCodes = { atMost: 70 } as const;
/** The kinds of statement that `operation` distinguishes. */
export const operations = ['select', 'insert', 'update', 'delete', 'transaction', 'ddl'] as const;

// The latency objectives (0.1, 0.3 and 1 s) and the alerts' limits (1 and 2 s) are boundaries.
const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 0.5, 1, 2, 5, 10];
const storeSeconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
const sizeBytes = [100, 1_000, 10_000, 100_000, 1_000_000];

/** Every metric the library itself can emit. Source: the project's telemetry contract. */
export const libraryMetrics = {
  http_requests_total: counter('Requests answered, by route template.', {
    method: httpMethods,
    route: routes,
    status_code: statusCodes,
  }),
  http_request_duration_seconds: histogram(
    'Time from the first byte read to the last byte sent, by route template.',
    { method: httpMethods, route: routes, status_code: statusCodes },
    requestSeconds,
    { exemplars: true },
  ),
  http_requests_in_flight: gauge('Requests in flight.'),
  http_request_size_bytes: histogram(
    'Declared size of request bodies.',
    { method: httpMethods, route: routes },
    sizeBytes,
  ),
  http_response_size_bytes: histogram(
    'Declared size of response bodies.',
    { method: httpMethods, route: routes },
    sizeBytes,
  ),
  errors_total: counter(
    'Errors answered to a caller, or of a message or an event, by class and code.',
    {
      error_type: { atMost: 50 },
      error_code: { atMost: 100 },
    },
  ),
  db_connections_max: gauge('Upper bound of the connection pool.'),
  db_connections_total: gauge('Open connections of the pool.'),
  db_connections_active: gauge('Connections in use.'),
  db_connections_idle: gauge('Connections open and unused.'),
  db_connections_waiting: gauge('Callers waiting for a connection.'),
  db_pool_wait_duration_seconds: histogram(
    'Time a caller waited for a connection.',
    {},
    storeSeconds,
    { exemplars: true },
  ),
  db_query_duration_seconds: histogram(
    'Time a statement took, by kind of statement.',
    { operation: operations },
    storeSeconds,
    { exemplars: true },
  ),
  db_queries_total: counter('Statements run, by kind and outcome.', {
    operation: operations,
    result: ['success', 'error', 'cancelled'],
  }),
  db_slow_queries_total: counter('Statements that took over 100 ms, by kind.', {
    operation: operations,
  }),
  ...storeMetrics,
  ...eventMetrics,
  ...realtimeMetrics,
  ...dependencyMetrics,
  log_lines_total: counter('Log lines written, by level.', {
    level: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'],
  }),
  log_problem_events_total: counter('Log lines at `warn` and above, by event.', {
    event: { atMost: 200 },
  }),
  log_lines_dropped_total: counter('Log lines that could not be written, by reason.', {
    reason: ['buffer_full', 'write_failed', 'file_deleted'],
  }),
  telemetry_spans_dropped_total: counter('Sampled spans that never reached the collector.'),
  telemetry_export_failures_total: counter('Batches of spans that failed to export.'),
  telemetry_label_overflows_total: counter(
    'Label sets recorded as `other` because a value was unknown or a bound was reached.',
    { metric: { atMost: 200 } },
  ),
  telemetry_collect_failures_total: counter(
    'Failed readings of a metric before a scrape; the metric keeps its last value.',
    { metric: { atMost: 200 } },
  ),
  telemetry_values_refused_total: counter(
    'Values that were not recorded: no finite number, or below 0 for a counter.',
    { metric: { atMost: 200 } },
  ),
  nodejs_eventloop_utilization_ratio: gauge(
    'Share of time the event loop was busy since the last scrape, 0 to 1.',
    {},
  ),
  nodejs_memory_limit_bytes: gauge(
    'Memory limit of the process or its container; 0 without a limit.',
    {},
  ),
  nodejs_heap_size_limit_bytes: gauge(
    'Size at which V8 gives up: the process ends when its heap needs more.',
    {},
  ),
  build_info: gauge('Always 1; its labels identify the running build.', {
    version: { atMost: 1 },
    revision: { atMost: 1 },
    node_version: { atMost: 1 },
  }),
} as const;
