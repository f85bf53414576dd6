import { toDashboardOfSeries, toErrorLogs, toSlowTraces } from './shapes/links.ts';
import { promql, promqlNow } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

const ofInstance = '{job=~"$job", instance=~"$instance"}';

/** How each Node.js process is: whether it can answer, and what it uses up. */
export const runtime: DashboardSpec = {
  uid: 'runtime',
  title: 'Node.js',
  purpose: 'How each Node.js process is: whether it can answer, and what it uses up.',
  variables: ['job', 'instance'],
  range: '1h',
  panels: [
    {
      id: 1,
      title: 'Event-loop lag',
      kind: 'timeseries',
      width: 12,
      question:
        'How late does the process come to what is due, in the worst one in a hundred cases?',
      normal: 'some 10 ms, of which Node.js itself takes ten to measure.',
      otherwise:
        'something computes: a large JSON, a regular expression, a hash. Look for a route that is slow at the same time.',
      unit: 's',
      min: 0,
      queries: [
        promql('job:nodejs_eventloop_lag_p99_seconds:max{job=~"$job"}', '{{job}}, worst instance'),
      ],
      alerts: [{ name: 'EventLoopBlocked' }],
      links: [toSlowTraces, toDashboardOfSeries('http', 'Requests')],
      empty: 'No Node.js process is scraped.',
    },
    {
      id: 2,
      title: 'Event-loop utilisation',
      kind: 'timeseries',
      width: 12,
      question: 'Which share of the time does the process have something to do?',
      normal: 'under 70 %: above it requests begin to wait for each other.',
      otherwise: 'it is near 100 %: start more instances, then look for what computes.',
      unit: 'percentunit',
      min: 0,
      max: 1,
      queries: [
        promql(
          'job:nodejs_eventloop_utilization_ratio:max{job=~"$job"}',
          '{{job}}, worst instance',
        ),
      ],
      links: [toDashboardOfSeries('http', 'Requests')],
      empty: 'No process tells its utilisation.',
    },
    {
      id: 3,
      title: 'Memory of the process',
      kind: 'timeseries',
      width: 8,
      question: 'How much memory does each process hold?',
      normal: '100 to 300 MiB, a saw that returns to the same level.',
      otherwise:
        'each low is higher than the last: a leak. The heap grows too, or else a native module.',
      unit: 'bytes',
      min: 0,
      queries: [
        promql('job:process_resident_memory_bytes:max{job=~"$job"}', '{{job}}, worst instance'),
      ],
      alerts: [{ name: 'HighMemoryUsage' }],
      links: [toErrorLogs],
      empty: 'No Node.js process is scraped.',
    },
    {
      id: 4,
      title: 'Memory against the limit',
      kind: 'timeseries',
      width: 8,
      question: 'How near is a process to where the kernel ends it?',
      normal: 'under 70 %.',
      otherwise: 'give it more before it is killed, then find out what grew.',
      unit: 'percentunit',
      min: 0,
      queries: [
        promql(
          'job:process_resident_memory_per_limit:ratio{job=~"$job"}',
          '{{job}}, worst instance',
        ),
      ],
      alerts: [{ name: 'HighMemoryUsage', comparison: 1 }],
      links: [toErrorLogs],
      empty: 'No process has a memory limit.',
      emptyWhenHealthy: 'outside of containers nothing limits a process',
    },
    {
      id: 5,
      title: 'Heap in use',
      kind: 'timeseries',
      width: 8,
      question: 'How much of the memory are JavaScript’s own objects?',
      normal: 'a saw between two levels.',
      otherwise:
        'it climbs without end: take a heap snapshot of an instance before it is restarted.',
      unit: 'bytes',
      min: 0,
      queries: [
        promql('job:nodejs_heap_size_used_bytes:max{job=~"$job"}', '{{job}}, worst instance'),
      ],
      empty: 'No Node.js process is scraped.',
    },
    {
      id: 6,
      title: 'Processor',
      kind: 'timeseries',
      width: 8,
      question: 'How many processors does a process keep busy?',
      normal: 'under 0.7: JavaScript has one, its threads a little more.',
      otherwise:
        'about 1: the event loop is full. Above 1: hashing, compression or garbage collection.',
      unit: 'short',
      decimals: 2,
      min: 0,
      queries: [
        promql('job:process_cpu_seconds:max_rate2m{job=~"$job"}', '{{job}}, worst instance'),
      ],
      links: [toDashboardOfSeries('http', 'Requests')],
      empty: 'No Node.js process is scraped.',
    },
    {
      id: 7,
      title: 'Time in garbage collection',
      kind: 'timeseries',
      width: 8,
      question: 'Which share of the time does the process tidy up?',
      normal: 'under 5 %.',
      otherwise:
        'it climbs with the heap: memory is nearly used up. Alone: something makes much litter.',
      unit: 'percentunit',
      min: 0,
      queries: [
        promql('job:nodejs_gc_duration_seconds:max_rate2m{job=~"$job"}', '{{job}}, worst instance'),
      ],
      empty: 'Nothing was tidied up.',
    },
    {
      id: 8,
      title: 'Time since the start',
      kind: 'timeseries',
      width: 8,
      question: 'Did a process start anew?',
      normal: 'lines that rise steadily; all fall together at a deployment.',
      otherwise: 'a comb: a process crashes and is restarted. Its last lines say why.',
      unit: 's',
      min: 0,
      queries: [
        promql(
          'time() - max by (job) (job_version_revision:process_start_time_seconds:max{job=~"$job"})',
          '{{job}}, latest start',
        ),
      ],
      links: [toErrorLogs],
      empty: 'No process tells when it started.',
    },
    {
      id: 9,
      title: 'Instances',
      kind: 'table',
      width: 24,
      height: 9,
      question: 'Which instance is the worst one of the pictures above?',
      normal: 'instances of a service are much alike.',
      otherwise:
        'one stands out: take it out of service; if another follows, it is the load or the code.',
      unit: 'short',
      queries: [
        promqlNow(
          `topk(50, process_resident_memory_bytes${ofInstance} and on (job, instance) nodejs_version_info)`,
        ),
        promqlNow(`nodejs_eventloop_lag_p99_seconds${ofInstance}`),
        promqlNow(
          `rate(process_cpu_seconds_total${ofInstance}[2m]) and on (job, instance) nodejs_version_info`,
        ),
        promqlNow(
          `time() - process_start_time_seconds${ofInstance} and on (job, instance) nodejs_version_info`,
        ),
        promqlNow(`process_open_fds${ofInstance} and on (job, instance) nodejs_version_info`),
      ],
      columns: {
        job: { title: 'Service' },
        instance: { title: 'Instance' },
        'Value #A': { title: 'Memory', unit: 'bytes' },
        'Value #B': { title: 'Event-loop lag', unit: 's' },
        'Value #C': { title: 'Processors', unit: 'short' },
        'Value #D': { title: 'Running for', unit: 's' },
        'Value #E': { title: 'Open files', unit: 'short' },
      },
      empty: 'No Node.js process is scraped.',
    },
  ],
};
