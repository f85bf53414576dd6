import { toDashboardOfSeries, toErrorLogs } from './shapes/links.ts';
import { promql } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

const ofInstance = 'instance=~"$instance"';

/** How the machines and the containers on them are. */
export const infrastructure: DashboardSpec = {
  uid: 'infrastructure',
  title: 'Infrastructure',
  purpose: 'How the machines are, and what the services’ containers take of them.',
  variables: ['job', 'instance'],
  range: '1h',
  panels: [
    {
      id: 1,
      title: 'Processors of the machine',
      kind: 'timeseries',
      width: 8,
      question: 'Which share of its processors is busy?',
      normal: 'under 50 %, with peaks.',
      otherwise:
        '“Processors of services” shows who; if nobody of ours, ask the machine with `top`.',
      unit: 'percentunit',
      min: 0,
      max: 1,
      queries: [promql(`instance:node_cpu_busy:ratio_rate2m{${ofInstance}}`, '{{instance}}')],
      alerts: [{ name: 'HostCpuHigh' }],
      empty: 'No node-exporter is scraped.',
    },
    {
      id: 2,
      title: 'Memory of the machine',
      kind: 'timeseries',
      width: 8,
      question: 'Which share of its memory can’t be given up?',
      normal: 'under 70 %, flat.',
      otherwise: '“Memory of services” shows who grew; before it is full the kernel ends somebody.',
      unit: 'percentunit',
      min: 0,
      max: 1,
      queries: [promql(`instance:node_memory_used:ratio{${ofInstance}}`, '{{instance}}')],
      alerts: [{ name: 'HostMemoryHigh' }],
      empty: 'No node-exporter is scraped.',
    },
    {
      id: 3,
      title: 'Disk left',
      kind: 'timeseries',
      width: 8,
      question: 'How much of each disk is free?',
      normal: 'over 30 %, and it does not shrink by the hour.',
      otherwise:
        'logs, metrics or the database: `du` on the mount point. In containers it needs the profile `host`.',
      unit: 'percentunit',
      min: 0,
      max: 1,
      queries: [
        promql(
          `min by (instance, mountpoint) (instance_mountpoint:node_filesystem_available:ratio{${ofInstance}})`,
          '{{instance}} {{mountpoint}}',
        ),
      ],
      alerts: [{ name: 'HostDiskFilling' }, { name: 'HostDiskFilling', comparison: 2 }],
      empty: 'No disk is in sight: node-exporter sees none from within its container.',
    },
    {
      id: 4,
      title: 'Work that waits',
      kind: 'timeseries',
      width: 8,
      question: 'Does work wait for processors, memory or disks?',
      normal: 'under 10 % for processors, nearly 0 % for memory.',
      otherwise:
        'memory: the machine swaps or reclaims. Disks: see “Disk”. Kernels without pressure figures show nothing.',
      unit: 'percentunit',
      min: 0,
      queries: [
        promql(
          `rate(node_pressure_cpu_waiting_seconds_total{${ofInstance}}[2m])`,
          'processors, {{instance}}',
        ),
        promql(
          `rate(node_pressure_memory_waiting_seconds_total{${ofInstance}}[2m])`,
          'memory, {{instance}}',
        ),
        promql(
          `rate(node_pressure_io_waiting_seconds_total{${ofInstance}}[2m])`,
          'disks, {{instance}}',
        ),
      ],
      empty: 'The kernel tells no pressure.',
    },
    {
      id: 5,
      title: 'Disk',
      kind: 'timeseries',
      width: 8,
      question: 'How much is read and written?',
      normal: 'writes of a few MB/s: metrics, logs, the database.',
      otherwise: 'reads leapt: memory for caches is gone. Writes: who logs or sorts so much?',
      unit: 'Bps',
      min: 0,
      queries: [
        promql(
          `sum by (instance) (rate(node_disk_read_bytes_total{${ofInstance}}[2m]))`,
          'read, {{instance}}',
        ),
        promql(
          `sum by (instance) (rate(node_disk_written_bytes_total{${ofInstance}}[2m]))`,
          'written, {{instance}}',
        ),
      ],
      empty: 'No disk is in sight.',
    },
    {
      id: 6,
      title: 'Network',
      kind: 'timeseries',
      width: 8,
      question: 'How much comes in and goes out?',
      normal: 'the shape of the day.',
      otherwise:
        'out leapt without requests: a download, a backup, or something that should not run here.',
      unit: 'Bps',
      min: 0,
      queries: [
        promql(
          `sum by (instance) (rate(node_network_receive_bytes_total{${ofInstance}, device!="lo"}[2m]))`,
          'in, {{instance}}',
        ),
        promql(
          `sum by (instance) (rate(node_network_transmit_bytes_total{${ofInstance}, device!="lo"}[2m]))`,
          'out, {{instance}}',
        ),
      ],
      empty: 'No network is in sight.',
    },
    {
      id: 7,
      title: 'Memory of services',
      kind: 'timeseries',
      width: 8,
      question: 'Which service takes how much?',
      normal: '100 to 300 MiB an instance.',
      otherwise: 'one grows: its own dashboard says what of it.',
      unit: 'bytes',
      min: 0,
      queries: [
        promql('job:process_resident_memory_bytes:max{job=~"$job"}', '{{job}}, worst instance'),
      ],
      links: [toDashboardOfSeries('runtime', 'Processes'), toErrorLogs],
      empty: 'No Node.js process is scraped.',
    },
    {
      id: 8,
      title: 'Processors of services',
      kind: 'timeseries',
      width: 8,
      question: 'Which service keeps how many processors busy?',
      normal: 'under 0.7 an instance.',
      otherwise: 'one is near 1: its event loop is full.',
      unit: 'short',
      decimals: 2,
      min: 0,
      queries: [
        promql('job:process_cpu_seconds:max_rate2m{job=~"$job"}', '{{job}}, worst instance'),
      ],
      links: [toDashboardOfSeries('runtime', 'Processes')],
      empty: 'No Node.js process is scraped.',
    },
    {
      id: 9,
      title: 'Containers’ memory against their limits',
      kind: 'timeseries',
      width: 8,
      question: 'How near is a container to being ended?',
      normal: 'under 70 %.',
      otherwise: 'raise its limit, then find out what grew.',
      unit: 'percentunit',
      min: 0,
      queries: [
        promql(
          'job:process_resident_memory_per_limit:ratio{job=~"$job"}',
          '{{job}}, worst instance',
        ),
      ],
      links: [toDashboardOfSeries('runtime', 'Processes')],
      empty: 'No process has a memory limit.',
      emptyWhenHealthy: 'outside of containers nothing limits a process',
    },
    {
      id: 10,
      title: 'Load for each processor',
      kind: 'timeseries',
      width: 12,
      question: 'How many processes want to run, for each processor there is?',
      normal: 'under 1.',
      otherwise: 'above 1 while processors are idle: they wait for a disk. Else: too much to do.',
      unit: 'short',
      decimals: 2,
      min: 0,
      queries: [
        promql(
          `
          node_load5{${ofInstance}}
          / on (job, instance) count by (job, instance) (node_cpu_seconds_total{${ofInstance}, mode="idle"})
          `,
          '{{instance}}',
        ),
      ],
      empty: 'No node-exporter is scraped.',
    },
    {
      id: 11,
      title: 'Clock',
      kind: 'timeseries',
      width: 12,
      question: 'How far is the machine’s clock from Prometheus’ own?',
      normal: 'under 100 ms, most of it the scrape itself.',
      otherwise: 'its time service stopped: traces and logs of two machines no longer line up.',
      unit: 's',
      min: 0,
      queries: [
        promql(
          `abs(node_time_seconds{${ofInstance}} - timestamp(node_time_seconds{${ofInstance}}))`,
          '{{instance}}',
        ),
      ],
      alerts: [{ name: 'HostClockSkew' }],
      empty: 'No node-exporter is scraped.',
    },
  ],
};
