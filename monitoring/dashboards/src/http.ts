import { count, ratio, requestsPerSecond, seconds } from './shapes/graphs.ts';
import {
  toDashboardOfSeries,
  toErrorLogs,
  toErrorTraces,
  toRefusedLogins,
  toSlowTraces,
} from './shapes/links.ts';
import { byJob, exemplarsOf, promql, sumBy, withExemplars } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

export const http: DashboardSpec = {
  uid: 'http',
  title: 'HTTP',
  purpose: 'Error ratio, latency and traffic of HTTP requests, by service and route.',
  empty: 'No requests.',
  panels: [
    ratio(1, 'HTTP error ratio (5xx)', {
      question: 'Which service is failing, and what share of its requests?',
      normal: 'nearly 0 %; a single error in a quiet minute is a spike, not an incident.',
      otherwise:
        'click the line for its error logs and failed traces, then find the route in “Failing routes”.',
      queries: byJob('job:http_request_errors_per_requests:ratio_rate2m'),
      alerts: [{ name: 'HighErrorRate' }],
      links: [toErrorLogs, toErrorTraces],
    }),
    seconds(2, 'Latency p95', {
      question: 'What latency do 5 % of requests exceed?',
      normal: 'under 300 ms, and flat through the day.',
      otherwise:
        'click a diamond for the trace of a slow request: it shows where the time was spent.',
      queries: withExemplars('job:http_request_duration_seconds:p95_rate2m'),
      alerts: [{ name: 'SlowResponseTime' }],
      links: [toSlowTraces, toDashboardOfSeries('database', 'Database')],
    }),
    seconds(3, 'Latency p99', {
      question: 'What latency does 1 % of requests exceed?',
      normal: 'under a second; it varies more than p95, because fewer requests determine it.',
      otherwise: 'as for p95; if only p99 is high, look for pauses in “Node.js”.',
      queries: withExemplars('job:http_request_duration_seconds:p99_rate2m'),
      alerts: [{ name: 'HighLatency' }],
      links: [toSlowTraces, toDashboardOfSeries('runtime', 'Processes')],
    }),
    requestsPerSecond(4, 'Request rate', {
      question: 'How many requests does each service receive?',
      normal: 'the daily pattern; the gateway has as many as all services behind it.',
      otherwise:
        'none at all: check the gateway or the load balancer. Twice the usual: find the client in “Failed logins and rate-limited requests”.',
      queries: byJob('job:http_requests:rate2m'),
      links: [toDashboardOfSeries('logs', 'Logs')],
    }),
    requestsPerSecond(5, 'Responses by status code', {
      question: 'Which responses do clients get?',
      normal: 'mostly 2xx and 3xx; some 4xx, because people mistype.',
      otherwise:
        'more 401 or 403: failed logins. More 429: a rate limit. More 404: a broken link, or a scan. More 5xx: our errors.',
      isStacked: true,
      queries: sumBy('job_status_code:http_requests:rate2m', 'status_code'),
    }),
    count(6, 'Requests in flight', {
      question: 'How many requests is each service processing?',
      normal: 'about the request rate times the mean latency: a few.',
      otherwise:
        'it climbs and does not fall: requests wait for something; check the database’s connection pool.',
      queries: byJob('job:http_requests_in_flight:sum'),
      links: [toDashboardOfSeries('database', 'Database')],
      empty: 'No HTTP metrics.',
    }),
    requestsPerSecond(7, 'Failing routes', {
      question: 'Which routes return 5xx?',
      normal: 'no lines, or lines at zero.',
      otherwise:
        'one route: its code, or a dependency of its own. All routes: a shared dependency.',
      queries: promql('topk(10, job_route:http_request_errors:rate2m{job=~"$job"} > 0)'),
      legend: '{{job}} {{route}}',
      links: [toErrorLogs, toErrorTraces],
      empty: 'No failing routes.',
      emptyWhenHealthy: 'a healthy service returns no 5xx',
    }),
    seconds(8, 'Slowest routes (p95)', {
      question: 'Which routes have the highest p95 latency?',
      normal: 'the same few, at the same level: searching and paying take longer than reading.',
      otherwise: 'a new one, or one that climbs: its traces show the cause.',
      queries: [
        promql(
          'topk(10, job_route:http_request_duration_seconds:p95_rate2m{job=~"$job"} >= 0)',
          '{{job}} {{route}}',
        ),
        exemplarsOf('http_request_duration_seconds'),
      ],
      links: [toSlowTraces],
    }),
    requestsPerSecond(9, 'Busiest routes', {
      question: 'Which routes have the most requests?',
      normal: 'lists and reads on top, writes far below.',
      otherwise: 'a jump: a client that retries, or a page that polls in a loop.',
      queries: promql('topk(10, job_route:http_requests:rate2m{job=~"$job"})', '{{job}} {{route}}'),
    }),
    requestsPerSecond(10, 'Errors by code', {
      question: 'Which errors do clients get?',
      normal: 'user errors: unknown ids, missing tokens, broken rules.',
      otherwise: 'a code that jumps names the rule or the dependency; search for it in the log.',
      queries: promql('topk(10, job_error_code:errors:rate2m{job=~"$job"})'),
      legend: '{{job}} {{error_code}}',
      links: [toErrorLogs, toErrorTraces],
      empty: 'No errors returned.',
    }),
    requestsPerSecond(11, 'Failed logins and rate-limited requests', {
      question: 'Is somebody guessing passwords, or exceeding a rate limit?',
      normal: 'under one per second: people mistype.',
      otherwise:
        'many failed logins: password guessing; the log names the accounts. Many rejections: one client, or a limit that is too low.',
      queries: [
        promql('job:auth_failures:rate2m{job=~"$job"}', 'failed logins, {{job}}'),
        promql(
          'job_limiter:rate_limit_rejections:rate2m{job=~"$job"}',
          'rejected by {{limiter}}, {{job}}',
        ),
      ],
      alerts: [
        ...['HighAuthFailureRate', 'LockoutBurst', 'RefreshTokenReuse'].map((name) => ({ name })),
        { name: 'RequestsRateLimited', isDrawn: false },
      ],
      links: [toRefusedLogins],
      empty: 'No failed logins and no rate-limited requests.',
    }),
    count(12, 'Circuit breakers', {
      question: 'Which dependencies are cut off?',
      normal: 'all closed.',
      otherwise:
        'open: the dependency failed or was slow; see its own dashboard. It closes automatically once calls succeed.',
      max: 2,
      valueTexts: { 0: 'closed', 1: 'half open', 2: 'open' },
      queries: promql('job_name:circuit_breaker_state:max{job=~"$job"}', '{{job}} to {{name}}'),
      alerts: [{ name: 'CircuitBreakerOpen' }],
      links: [toErrorLogs, toErrorTraces],
      empty: 'No circuit breakers.',
    }),
  ],
};
