import { bytes, bytesPerSecond, count, ratio, seconds, share } from './shapes/graphs.ts';
import { toDashboardOfSeries, toErrorLogs } from './shapes/links.ts';
import { byJob, maybe, promql } from './shapes/queries.ts';
import type { DashboardSpec, Query } from './shapes/spec.ts';

const ofInstance = '{instance=~"$instance"}';
// Up to a hundred hosts with a line each: one point per five minutes of a day.
const maxPoints = 300;

/** A recorded series of the selected hosts, named by host. */
function byInstance(recording: string, name?: string): Query {
  const legend = name === undefined ? '{{instance}}' : `${name}, {{instance}}`;
  return promql(`${recording}${ofInstance}`, legend);
}

export const infrastructure: DashboardSpec = {
  uid: 'infrastructure',
  title: 'Infrastructure',
  purpose: 'Saturation of the hosts, and the resources that services use.',
  moreVariables: ['instance'],
  empty: 'No node-exporter targets.',
  panels: [
    share(1, 'Host CPU usage', {
      question: 'How busy are the host’s CPUs?',
      normal: 'under 50 %, with peaks.',
      otherwise:
        'find the service in “Service CPU usage”; if it is none of ours, run `top` on the host.',
      maxPoints,
      queries: byInstance('instance:node_cpu_busy:ratio_rate2m'),
      alerts: [{ name: 'HostCpuHigh' }, { name: 'HostCpuPressure', comparison: 1 }],
    }),
    share(2, 'Host memory usage', {
      question: 'Which share of memory is in use, without reclaimable caches?',
      normal: 'under 70 %, flat.',
      otherwise:
        '“Service memory” shows which grew; when memory is full the OOM killer ends a process.',
      maxPoints,
      queries: byInstance('instance:node_memory_used:ratio'),
      alerts: [{ name: 'HostMemoryHigh' }, { name: 'HostMemoryPressure', comparison: 1 }],
    }),
    share(3, 'Free disk space', {
      question: 'How much of each disk is free, in bytes and in inodes?',
      normal: 'over 30 %, and not shrinking by the hour.',
      otherwise:
        'logs, metrics or the database: run `du` on the mount point. In containers it is the disk of the volumes; all others need the profile `host`.',
      maxPoints,
      queries: [
        promql(
          `min by (instance, mountpoint) (instance_mountpoint:node_filesystem_available:ratio${ofInstance})`,
          '{{instance}} {{mountpoint}}',
        ),
        maybe(
          'a file system that makes inodes as it needs them has none to count',
          promql(
            `min by (instance, mountpoint) (instance_mountpoint:node_filesystem_inodes_free:ratio${ofInstance})`,
            '{{instance}} {{mountpoint}}, inodes',
          ),
        ),
      ],
      alerts: [
        { name: 'HostDiskFilling' },
        { name: 'HostDiskFilling', comparison: 5 },
        { name: 'HostDiskNearlyFull' },
      ],
      empty: 'No disk metrics: node-exporter sees no disk, not even that of the volumes.',
    }),
    ratio(4, 'Resource pressure (PSI)', {
      question: 'Does work wait for CPUs, memory or disks?',
      normal: 'under 10 % for CPUs, nearly 0 % for memory.',
      otherwise:
        'memory: the host swaps or reclaims. Disks: see “Disk throughput”. Kernels without pressure stall information show no data.',
      maxPoints,
      queries: [
        byInstance('instance:node_pressure_cpu_waiting:rate2m', 'CPU'),
        byInstance('instance:node_pressure_memory_waiting:rate2m', 'memory'),
        byInstance('instance:node_pressure_io_waiting:rate2m', 'disk'),
      ],
      alerts: [{ name: 'HostMemoryPressure' }, { name: 'HostCpuPressure' }],
      empty: 'No pressure stall information.',
    }),
    bytesPerSecond(5, 'Disk throughput', {
      question: 'How much is read and written?',
      normal: 'writes of a few MB/s: metrics, logs, the database.',
      otherwise:
        'reads jumped: no memory is left for caches. Writes: find the service that logs or sorts so much.',
      maxPoints,
      queries: [
        byInstance('instance:node_disk_read_bytes:rate2m', 'read'),
        byInstance('instance:node_disk_written_bytes:rate2m', 'written'),
      ],
      empty: 'No disk metrics.',
    }),
    bytesPerSecond(6, 'Network throughput', {
      question: 'How much traffic comes in and goes out?',
      normal: 'the daily pattern.',
      otherwise:
        'outgoing traffic jumped without requests: a download, a backup, or a process that should not run here.',
      maxPoints,
      queries: [
        byInstance('instance:node_network_receive_bytes:rate2m', 'in'),
        byInstance('instance:node_network_transmit_bytes:rate2m', 'out'),
      ],
      empty: 'No network metrics.',
    }),
    bytes(7, 'Service memory', {
      question: 'How much memory does the largest instance of a service use?',
      normal: '100 to 300 MiB per instance.',
      otherwise: 'one grows: its own dashboard shows which kind of memory.',
      queries: byJob('job:process_resident_memory_bytes:max'),
      links: [toDashboardOfSeries('runtime', 'Processes'), toErrorLogs],
      empty: 'No Node.js targets.',
    }),
    count(8, 'Service CPU usage', {
      question: 'How many CPUs does the busiest instance of a service use?',
      normal: 'under 0.7 per instance.',
      otherwise: 'one is near 1: its event loop is saturated.',
      decimals: 2,
      queries: byJob('job:process_cpu_seconds:max_rate2m'),
      links: [toDashboardOfSeries('runtime', 'Processes')],
      empty: 'No Node.js targets.',
    }),
    ratio(12, 'Connection tracking usage', {
      question: 'How full is the kernel’s table of tracked connections?',
      normal: 'under 20 %.',
      otherwise:
        'when it is full new connections fail at random: enlarge it, or find who opens so many.',
      maxPoints,
      queries: promql(
        `node_nf_conntrack_entries${ofInstance} / node_nf_conntrack_entries_limit${ofInstance}`,
        '{{instance}}',
      ),
      alerts: [{ name: 'HostConntrackHigh' }],
      empty: 'No connections are tracked.',
      emptyWhenHealthy: 'a kernel that tracks no connections has no table',
    }),
    count(10, 'Load per CPU', {
      question: 'How many processes are runnable per CPU?',
      normal: 'under 1.',
      otherwise: 'above 1 with idle CPUs: processes wait for a disk. Otherwise: overload.',
      decimals: 2,
      maxPoints,
      queries: byInstance('instance:node_load5_per_processor:ratio'),
    }),
    seconds(11, 'Clock offset', {
      question: 'How far is the host’s clock from Prometheus’ clock?',
      normal: 'under 100 ms, mostly the scrape itself.',
      otherwise: 'the time daemon stopped: traces and logs of two hosts no longer line up.',
      maxPoints,
      queries: promql(
        `abs(node_time_seconds${ofInstance} - timestamp(node_time_seconds${ofInstance}))`,
        '{{instance}}',
      ),
      alerts: [{ name: 'HostClockSkew' }],
    }),
    count(13, 'OOM kills and read-only disks', {
      question: 'Has the kernel ended processes for want of memory, or closed a disk to writes?',
      normal: 'no kills; read-only only what is mounted so.',
      otherwise: '`dmesg` on the host names the process, or the error of the disk.',
      maxPoints,
      queries: [
        promql(
          `3600 * rate(node_vmstat_oom_kill${ofInstance}[5m])`,
          '{{instance}}, kills per hour',
        ),
        promql(
          `sum by (instance) (node_filesystem_readonly{device_error="", instance=~"$instance"})`,
          '{{instance}}, read-only file systems',
        ),
      ],
      alerts: [{ name: 'HostOomKills' }, { name: 'HostFilesystemReadOnly', isDrawn: false }],
      empty: 'No node-exporter targets.',
    }),
  ],
};
