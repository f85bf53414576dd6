import { toErrorLogs, toErrorTraces } from './shapes/links.ts';
import { logql, promql, promqlNow, where } from './shapes/queries.ts';
import { recordedEverySeconds } from './shapes/recorded.ts';
import type { DashboardSpec } from './shapes/spec.ts';

const problems = 'job_event:log_problem_events:rate2m';
const errors = '{service=~"$job", level=~"error|fatal"}';

/** What services write: how much, what of it is trouble, and the lines themselves. */
export const logs: DashboardSpec = {
  uid: 'logs',
  title: 'Logs',
  purpose: 'What services write: how much, what of it is trouble, and the lines themselves.',
  variables: ['job', 'level', 'text'],
  range: '1h',
  panels: [
    {
      id: 1,
      title: 'Error lines by service',
      kind: 'timeseries',
      width: 8,
      question: 'Who writes error lines, and how many a second?',
      normal: 'nearly none.',
      otherwise:
        'one service: the lines are below. Several: what do they share? Follow one line to its trace.',
      unit: 'ops',
      min: 0,
      // Counted where they are written: Loki would read all lines of the day for it.
      queries: [
        promql(
          'sum by (job) (job_level:log_lines:rate2m{job=~"$job", level=~"error|fatal"})',
          '{{job}}',
        ),
      ],
      alerts: [{ name: 'ErrorLogSurge' }],
      links: [toErrorLogs, toErrorTraces],
      empty: 'No error line was written.',
      emptyWhenHealthy: 'a healthy service writes no error line',
    },
    {
      id: 2,
      title: 'Lines by level',
      kind: 'timeseries',
      width: 8,
      question: 'How much is written, and how bad is it?',
      normal: 'info, about a line a request; some warnings.',
      otherwise: 'more errors: see left. More info without more requests: a loop that logs.',
      unit: 'ops',
      min: 0,
      isStacked: true,
      queries: [promql('sum by (level) (job_level:log_lines:rate2m{job=~"$job"})', '{{level}}')],
      empty: 'No service counts its lines.',
    },
    {
      id: 3,
      title: 'Lines by service',
      kind: 'timeseries',
      width: 8,
      question: 'Who writes most?',
      normal: 'whoever has most requests.',
      otherwise: 'one leapt: its top event below says what it keeps saying.',
      unit: 'ops',
      min: 0,
      queries: [promql('sum by (job) (job_level:log_lines:rate2m{job=~"$job"})', '{{job}}')],
      links: [toErrorLogs, toErrorTraces],
      empty: 'No service counts its lines.',
    },
    {
      id: 4,
      title: 'Top events of trouble',
      kind: 'bars',
      width: 12,
      question: 'What goes wrong most often, in this time?',
      normal: 'conflicts and refusals that people cause; a few slow queries.',
      otherwise:
        'look the event up in the reference of log events, then type its name into “Line contains”.',
      unit: 'short',
      min: 0,
      // Counted where they are written; each recorded rate stands for the time until the next.
      queries: [
        promqlNow(
          `
          sort_desc(topk(15,
            round(${recordedEverySeconds(problems)} * sum by (event) (
              sum_over_time(${problems}{job=~"$job"}[$__range])
            )) > 0
          ))
          `,
          '{{event}}',
        ),
      ],
      empty: 'No warning and no error was written.',
      emptyWhenHealthy: 'on a quiet day nothing is worth a warning',
    },
    {
      id: 5,
      title: 'Lines on their way',
      kind: 'timeseries',
      width: 12,
      question: 'Does Loki get what services write?',
      normal: 'what Loki takes follows what is written, and nothing is dropped.',
      otherwise:
        'it takes none: Loki or the shipper is down; lines wait in the files. Dropped: lost to searches.',
      unit: 'ops',
      min: 0,
      queries: [
        promql('sum(job_level:log_lines:rate2m)', 'written by services'),
        where(
          'loki',
          promql('sum(rate(loki_distributor_lines_received_total[2m]))', 'taken by Loki'),
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
      empty: 'No service counts its lines.',
    },
    {
      id: 6,
      title: 'Errors and their traces',
      kind: 'logs',
      width: 24,
      question: 'What failed, and in which request? Open a line and follow its trace.',
      normal: 'nothing, or failures of others that were handled.',
      otherwise: 'the first of a series tells most: turn the order around.',
      unit: 'short',
      queries: [logql(`${errors} | trace_id != ""`)],
      empty: 'No request failed.',
      emptyWhenHealthy: 'a healthy service writes no error line',
    },
    {
      id: 7,
      title: 'Lines',
      kind: 'logs',
      width: 24,
      height: 16,
      question: 'What is being written, newest first? Choose a level or a word at the top.',
      normal: 'a line for each request, with its trace.',
      otherwise: 'none at all: see “Lines on their way”.',
      unit: 'short',
      queries: [logql('{service=~"$job", level=~"$level"} |= `$text`')],
      empty: 'No line matches.',
    },
  ],
};
