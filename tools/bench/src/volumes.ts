// How fast the volumes of the compose files grow under steady traffic, extrapolated to a day, and the
// rate of each signal. The more minutes, the more accurate.
import { setTimeout as sleep } from 'node:timers/promises';
import { docker, dockerOrThrow } from '@watchkeeper/compose/engine';
import { parseCommandLine, usageError } from '@watchkeeper/drills/command/arguments';
import { createPrometheusClient } from '@watchkeeper/testing/prometheus';
import { type BenchProject, steadyVisitsPerSecond, withProject } from './containers/project.ts';
import { createReport, describeMachine } from './report/report.ts';

const usage = 'Usage: npm run bench -- volumes [--minutes 8]';
const settleMs = 60_000;
const daySeconds = 86_400;
const rates: Readonly<Record<string, string>> = {
  'requests of the api': 'sum(rate(http_requests_total{job="api"}[3m]))',
  samples: 'sum(rate(prometheus_tsdb_head_samples_appended_total[3m]))',
  series: 'sum(prometheus_tsdb_head_series)',
  'log lines': 'sum(rate(loki_distributor_lines_received_total[3m]))',
  'bytes of log lines': 'sum(rate(loki_distributor_bytes_received_total[3m]))',
  spans: 'sum(rate(otelcol_receiver_accepted_spans_total[3m]))',
};

type Sizes = ReadonlyMap<string, number>;

export async function run(parameters: string[]): Promise<void> {
  const options = { minutes: { type: 'string', default: '8' } } as const;
  const minutes = Number(parseCommandLine(parameters, options, usage).values.minutes);
  if (!(minutes >= 1)) throw usageError('Expected `--minutes` to be 1 or more.', usage);
  const conditions = `${steadyVisitsPerSecond} visits per second for ${minutes} minutes`;
  const report = createReport();
  report.paragraph(describeMachine('volumes', conditions));
  await withProject(async (project) => {
    await project.up(...project.services);
    await sleep(settleMs);
    const before = await readSizes(project);
    await sleep(minutes * 60_000);
    // What Loki holds in memory and journals is written to the disk.
    await fetch(`${project.url('LOKI_PORT')}/flush`, { method: 'POST' }).catch(() => {});
    await sleep(5_000);
    const after = await readSizes(project);
    report.table(['signal', 'per second, or now'], await readRates(project));
    const rows = growthOf(before, after, minutes * 60 + 5);
    report.table(['volume', 'KiB now', 'MB per day'], rows);
  });
}

/** KiB by volume and top-level folder. */
async function readSizes({ name, engine }: BenchProject): Promise<Sizes> {
  const filter = ['--filter', `label=com.docker.compose.project=${name}`];
  const listed = await dockerOrThrow(['volume', 'ls', ...filter, '-q'], engine);
  const volumes = listed.split('\n').filter((volume) => !/secrets$/.test(volume));
  const inspect = ['inspect', '-f', '{{.Config.Image}}', `${name}-prometheus-1`];
  const image = await dockerOrThrow(inspect, engine);
  const sizes = new Map<string, number>();
  for (const volume of volumes) {
    const { stdout } = await docker(
      [
        ...['run', '--rm', '--network=none', '--user=0:0', '-v', `${volume}:/volume:ro`],
        ...['--entrypoint', 'du', image, '-k', '-d', '1', '/volume'],
      ],
      engine,
    );
    for (const line of stdout.split('\n').filter(Boolean)) {
      const [kibibytes = '0', path = ''] = line.split('\t');
      sizes.set(`${volume.replace(`${name}_`, '')}${path.slice('/volume'.length)}`, +kibibytes);
    }
  }
  return sizes;
}

async function readRates(project: BenchProject): Promise<string[][]> {
  const prometheus = createPrometheusClient(project.url('PROMETHEUS_PORT'));
  const rows = Object.entries(rates).map(async ([signal, expression]) => {
    const [series] = await prometheus.query(expression);
    return [signal, (series?.value ?? Number.NaN).toFixed(1)];
  });
  return Promise.all(rows);
}

function growthOf(before: Sizes, after: Sizes, seconds: number): string[][] {
  const large = [...after].filter(([, kibibytes]) => kibibytes >= 64);
  return large.map(([path, kibibytes]) => {
    const megabytes = ((kibibytes - (before.get(path) ?? 0)) * 1_024) / 1_000_000;
    return [path, `${kibibytes}`, ((megabytes / seconds) * daySeconds).toFixed(0)];
  });
}
