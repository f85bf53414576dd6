import { bytes, count, ratio, seconds, share, table } from './shapes/graphs.ts';
import { toDashboardOfSeries, toErrorLogs, toSlowTraces } from './shapes/links.ts';
import { byJob, promql, promqlNow } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

const ofInstance = '{job=~"$job", instance=~"$instance"}';

export const runtime: DashboardSpec = {
  uid: 'runtime',
  title: 'Node.js',
  purpose: 'Event loop, memory and CPU of each Node.js process.',
  moreVariables: ['instance'],
  empty: 'No Node.js targets.',
  panels: [
    seconds(1, 'Event loop lag p99', {
      width: 12,
      question: 'How late does the event loop run, in the worst 1 % of cases?',
      normal: 'about 10 ms, which is the resolution of the measurement.',
      otherwise:
        'synchronous work: a large JSON, a regular expression, a hash. Look for a route that is slow at the same time.',
      queries: byJob('job:nodejs_eventloop_lag_p99_seconds:max'),
      alerts: [{ name: 'EventLoopBlocked' }],
      links: [toSlowTraces, toDashboardOfSeries('http', 'Requests')],
    }),
    share(2, 'Event loop utilization', {
      width: 12,
      question: 'Which share of the time is the busiest instance’s event loop active?',
      normal: 'under 70 %: above that, requests start to wait for each other.',
      otherwise: 'near 100 %: start more instances, then look for synchronous work.',
      queries: byJob('job:nodejs_eventloop_utilization_ratio:max'),
      links: [toDashboardOfSeries('http', 'Requests')],
      empty: 'No event loop metrics.',
    }),
    bytes(3, 'Process memory (RSS)', {
      question: 'How much memory does the largest instance of each service use?',
      normal: '100 to 300 MiB, a sawtooth that returns to the same level.',
      otherwise:
        'each low is higher than the last: a leak. If the heap does not grow too, a native module.',
      queries: byJob('job:process_resident_memory_bytes:max'),
      alerts: [{ name: 'HighMemoryUsage' }],
      links: [toErrorLogs],
    }),
    ratio(4, 'Memory usage (of limit)', {
      question: 'How close is the fullest instance to the OOM killer?',
      normal: 'under 70 %.',
      otherwise: 'raise its limit before it is killed, then find the cause of the growth.',
      queries: byJob('job:process_resident_memory_per_limit:ratio'),
      alerts: [{ name: 'HighMemoryUsage', comparison: 3 }],
      links: [toErrorLogs],
      empty: 'No memory limits.',
      emptyWhenHealthy: 'processes outside containers have no memory limit',
    }),
    bytes(5, 'Heap used', {
      question: 'How much memory do JavaScript objects use, in the largest instance?',
      normal: 'a sawtooth between two levels.',
      otherwise: 'it climbs without end: take a heap snapshot before you restart the instance.',
      queries: byJob('job:nodejs_heap_size_used_bytes:max'),
    }),
    count(6, 'CPU usage', {
      question: 'How many CPUs does the busiest instance use?',
      normal: 'under 0.7: JavaScript uses one, its threads a little more.',
      otherwise:
        'about 1: the event loop is saturated. Above 1: hashing, compression or garbage collection.',
      decimals: 2,
      queries: byJob('job:process_cpu_seconds:max_rate2m'),
      links: [toDashboardOfSeries('http', 'Requests')],
    }),
    ratio(7, 'Garbage collection time', {
      question: 'Which share of the time does garbage collection take, in the worst instance?',
      normal: 'under 5 %.',
      otherwise:
        'it climbs with the heap: memory is nearly exhausted. Without: code that allocates too much.',
      queries: byJob('job:nodejs_gc_duration_seconds:max_rate2m'),
      alerts: [{ name: 'GarbageCollectionHigh' }],
      empty: 'No garbage collection.',
    }),
    seconds(8, 'Uptime', {
      question: 'Did a process restart?',
      normal: 'lines that rise steadily; all drop together at a deployment.',
      otherwise:
        'repeated drops: a process crashes and restarts. Its last log lines have the reason.',
      queries: promql(
        'time() - max by (job) (job_version_revision:process_start_time_seconds:max{job=~"$job"})',
        '{{job}}, latest start',
      ),
      alerts: [{ name: 'ServiceCrashLoop', isDrawn: false }],
      links: [toErrorLogs],
      empty: 'No process start times.',
    }),
    ratio(10, 'Heap usage (of V8’s limit)', {
      width: 12,
      question: 'How close is the fullest heap to the limit at which V8 ends the process?',
      normal: 'a sawtooth under 70 %.',
      otherwise: 'its lows rise: a leak; take a heap snapshot before it ends.',
      queries: byJob('job:nodejs_heap_size_used_per_limit:ratio'),
      alerts: [{ name: 'HighMemoryUsage', comparison: 4 }],
      links: [toErrorLogs],
    }),
    ratio(11, 'File descriptors (of limit)', {
      width: 12,
      question: 'How close is a process to its limit of open files and sockets?',
      normal: 'under 10 %.',
      otherwise: 'it rises without more clients: sockets or files are not closed.',
      queries: byJob('job:process_open_fds_per_max:ratio'),
      alerts: [{ name: 'FileDescriptorsHigh' }],
      empty: 'No file descriptor metrics.',
    }),
    table(9, 'Instances', {
      width: 24,
      height: 9,
      question: 'Which instance is the worst in the graphs above?',
      normal: 'instances of a service are similar.',
      otherwise:
        'one stands out: take it out of service; if another follows, the cause is the load or the code.',
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
        'Value #B': { title: 'Event loop lag', unit: 's' },
        'Value #C': { title: 'CPUs', unit: 'short' },
        'Value #D': { title: 'Uptime', unit: 's' },
        'Value #E': { title: 'Open files', unit: 'short' },
      },
    }),
    count(12, 'Injected faults', {
      width: 24,
      height: 6,
      question: 'Is somebody making a service fail on purpose?',
      normal: 'none, or those of a drill.',
      otherwise: 'by hand: they end by themselves, or with the page’s first step. Ask who did it.',
      queries: promql(
        'sum by (job, origin) (galley_injected_faults{job=~"$job"}) > 0',
        '{{job}}, by {{origin}}',
      ),
      alerts: [{ name: 'FaultInjected' }],
      links: [toErrorLogs],
      empty: 'No injected faults.',
      emptyWhenHealthy: 'nobody injects faults',
    }),
  ],
};
