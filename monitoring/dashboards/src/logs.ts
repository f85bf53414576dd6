import {
  bars,
  bytes,
  decimal,
  logLines,
  perSecond,
  seconds,
  share,
  stackedPerSecond,
} from './shapes/graphs.ts';
import { toErrorLogs, toErrorTraces } from './shapes/links.ts';
import { logql, maybe, promql, promqlNow, sumBy, where } from './shapes/queries.ts';
import { recordedEverySeconds } from './shapes/recorded.ts';
import type { DashboardSpec } from './shapes/spec.ts';

const problems = 'job_event:log_problem_events:rate2m';
const errors = '{service=~"$job", level=~"error|fatal"}';

export const logs: DashboardSpec = {
  uid: 'logs',
  title: 'Logs',
  purpose: 'Log rates, problem events, and the log lines themselves.',
  moreVariables: ['level', 'text'],
  empty: 'No log metrics.',
  panels: [
    perSecond(1, 'Error log rate', {
      question: 'Which services log errors, and how many per second?',
      normal: 'nearly none.',
      otherwise:
        'one service: its lines are below. Several: find a shared dependency by following a line to its trace.',
      // Counted by the services: Loki would have to read all lines of the day.
      queries: promql(
        'sum by (job) (job_level:log_lines:rate2m{job=~"$job", level=~"error|fatal"})',
        '{{job}}',
      ),
      alerts: [{ name: 'ErrorLogSurge' }, { name: 'UnhandledErrors', isDrawn: false }],
      links: [toErrorLogs, toErrorTraces],
      empty: 'No error lines.',
      emptyWhenHealthy: 'a healthy service logs no errors',
    }),
    stackedPerSecond(2, 'Log rate by level', {
      question: 'How much is logged, and at which level?',
      normal: 'info, about one line per request; some warnings.',
      otherwise:
        'more errors: see the panel on the left. More info without more requests: a loop that logs.',
      queries: sumBy('job_level:log_lines:rate2m', 'level'),
    }),
    perSecond(3, 'Log rate by service', {
      question: 'Which service logs the most?',
      normal: 'the service with the most requests.',
      otherwise: 'one jumped: find its most frequent event below.',
      queries: sumBy('job_level:log_lines:rate2m', 'job'),
      links: [toErrorLogs, toErrorTraces],
    }),
    bars(4, 'Top problem events', {
      width: 12,
      question: 'Which problems are most frequent in this time range?',
      normal: 'conflicts and rejections caused by users; a few slow queries.',
      otherwise:
        'look the event up in the log events reference, then type its name into “Line contains”.',
      min: 0,
      // Counted by the services; each recorded rate applies until the next one.
      queries: promqlNow(`
        sort_desc(topk(15,
          round(${recordedEverySeconds(problems)} * sum by (event) (
            sum_over_time(${problems}{job=~"$job"}[$__range])
          )) > 0
        ))
      `),
      legend: '{{event}}',
      empty: 'No warnings and no errors.',
      emptyWhenHealthy: 'a quiet day may have no warnings',
    }),
    perSecond(5, 'Log ingestion', {
      width: 12,
      question: 'Does Loki receive the lines that services write?',
      normal: 'received follows written, and nothing is dropped.',
      otherwise:
        'none received: Loki or the shipper is down; lines wait in the files. Dropped: searches will not find them.',
      queries: [
        promql('sum(job_level:log_lines:rate2m)', 'written by services'),
        where(
          'loki',
          promql('sum(rate(loki_distributor_lines_received_total[2m]))', 'received by Loki'),
        ),
        where(
          'loki',
          promql(
            'sum(rate(promtail_dropped_entries_total[2m]) or rate(loki_write_dropped_entries_total[2m]))',
            'dropped by the shipper',
          ),
        ),
      ],
      alerts: [
        { name: 'LogIngestionStopped', isDrawn: false },
        { name: 'LogShipperDropping', isDrawn: false },
      ],
    }),
    seconds(8, 'Log shipper lag', {
      question: 'How many seconds of lines are unread?',
      normal: 'a few seconds.',
      otherwise: 'Loki rejects lines, or is down: the lines wait in their files.',
      queries: where(
        'loki',
        promql(
          `
          max by (instance) (
            (instance_path:log_file_bytes:max - instance_path:log_read_bytes:max)
            / (deriv(instance_path:log_file_bytes:max[5m]) > 0)
          )
          or 0 * max by (instance) (instance_path:log_file_bytes:max)
          `,
          '{{instance}}',
        ),
      ),
      alerts: [{ name: 'LogShipperLagging', isDrawn: false }],
      empty: 'No log shipper.',
    }),
    bytes(9, 'Unread log bytes', {
      question: 'How much have the log shippers left to read?',
      normal: 'a few kilobytes.',
      otherwise: 'rotation removes unread files: three of 20 MB are kept of each service.',
      queries: where(
        'loki',
        promql(
          'sum by (instance) (instance_path:log_file_bytes:max - instance_path:log_read_bytes:max)',
          '{{instance}}',
        ),
      ),
      alerts: [{ name: 'LogShipperLagging', comparison: 1 }],
      empty: 'No log shipper.',
    }),
    decimal(10, 'Lines rejected by Loki per minute', {
      question: 'Does Loki reject lines, and why?',
      normal: 'none.',
      otherwise: 'rate limits: lines come late. Any other reason: they are lost.',
      queries: where(
        'loki',
        maybe(
          'the series exists from the first rejected line on',
          promql('60 * sum by (reason) (rate(loki_discarded_samples_total[2m]))', '{{reason}}'),
        ),
      ),
      alerts: [{ name: 'LokiDiscardingLines' }],
      empty: 'No rejected lines.',
    }),
    share(11, 'Loki request error ratio', {
      width: 12,
      question: 'Which share of Loki’s requests fails, by route?',
      normal: '0 %.',
      otherwise: '`push`: lines wait. `query`: searches fail. Loki’s log has the reason.',
      queries: where(
        'loki',
        promql(
          `
          sum by (route) (rate(loki_request_duration_seconds_count{status_code=~"5.."}[2m]))
          / (sum by (route) (rate(loki_request_duration_seconds_count[2m])) > 0)
          or 0 * sum by (route) (rate(loki_request_duration_seconds_count[2m]) > 0)
          `,
          '{{route}}',
        ),
      ),
      alerts: [{ name: 'LokiRequestErrors', comparison: 1 }],
      empty: 'No requests to Loki.',
    }),
    decimal(12, 'Loki flush failures per minute', {
      width: 12,
      question: 'Does Loki write its chunks to the storage?',
      normal: 'no failures.',
      otherwise: 'the storage is full or unreachable; lines stay in memory and in the log.',
      queries: where(
        'loki',
        promql(
          '60 * sum by (instance) (rate(loki_ingester_chunks_flush_failures_total[5m]))',
          '{{instance}}',
        ),
      ),
      alerts: [{ name: 'LokiFlushFailing' }],
      empty: 'No Loki target.',
    }),
    logLines(6, 'Errors with traces', {
      width: 24,
      question: 'Which requests failed? Open a line and follow its trace.',
      normal: 'none, or handled failures of dependencies.',
      otherwise: 'the first error of a series is the most useful: sort by oldest first.',
      queries: logql(`${errors} | trace_id != ""`),
      empty: 'No failed requests.',
      emptyWhenHealthy: 'a healthy service logs no errors',
    }),
    logLines(7, 'Log lines', {
      width: 24,
      height: 16,
      question: 'What is being logged, newest first? Choose a level or a word at the top.',
      normal: 'a line per request, with its trace.',
      otherwise: 'none at all: see “Log ingestion”.',
      // Quoted by the variable: between fixed quotes, that quote would end the text.
      queries: logql(`{service=~"$job", level=~"$level"} |= \${text:doublequote}`),
      empty: 'No matching lines.',
    }),
  ],
};
