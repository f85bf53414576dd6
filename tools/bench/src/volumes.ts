// What the volumes of the compose files grow by under steady traffic, extrapolated to a day; and
// how much of each signal that is. With --minutes: the longer, the truer.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { docker, dockerOrThrow } from '@watchkeeper/compose/engine';
import {
  type BenchProject,
  describeMachine,
  steadyVisitsPerSecond,
  withProject,
} from './containers/project.ts';

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

/** `npm run bench -- volumes [--minutes 8]` */
export async function run(parameters: string[]): Promise<void> {
  const { values } = parseArgs({
    args: parameters,
    options: { minutes: { type: 'string', default: '8' } },
  });
  const minutes = Number(values.minutes);
  if (!(minutes >= 1))
    throw new Error(`Expected --minutes to be 1 or more, got ${values.minutes}.`);
  await withProject(async (project) => {
    await project.up(...project.services);
    await sleep(settleMs);
    const before = await sizes(project);
    await sleep(minutes * 60_000);
    // What lies in memory and in journals becomes what will lie on the disk.
    await fetch(`${project.url('LOKI_PORT')}/flush`, { method: 'POST' }).catch(() => {});
    await sleep(5_000);
    await report(project, before, await sizes(project), minutes * 60 + 5);
  });
}

/** Bytes by folder of the first level, of each volume that holds data. */
async function sizes({ name, engine }: BenchProject): Promise<ReadonlyMap<string, number>> {
  const filter = ['--filter', `label=com.docker.compose.project=${name}`];
  const listed = await dockerOrThrow(['volume', 'ls', ...filter, '-q'], engine);
  const volumes = listed.split('\n').filter((volume) => !/secrets$/.test(volume));
  const image = await dockerOrThrow(
    ['inspect', '-f', '{{.Config.Image}}', `${name}-prometheus-1`],
    engine,
  );
  const found = new Map<string, number>();
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
      found.set(`${volume.replace(`${name}_`, '')}${path.slice('/volume'.length)}`, +kibibytes);
    }
  }
  return found;
}

async function report(
  project: BenchProject,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  seconds: number,
): Promise<void> {
  console.log(`${describeMachine()}; ${steadyVisitsPerSecond} visits a second, ${seconds} s\n`);
  for (const [what, expression] of Object.entries(rates)) {
    const parameters = new URLSearchParams({ query: expression });
    const response = await fetch(`${project.url('PROMETHEUS_PORT')}/api/v1/query?${parameters}`);
    const { data } = (await response.json()) as { data: { result: { value: [0, string] }[] } };
    console.log(`${what}: ${Number(data.result[0]?.value[1] ?? Number.NaN).toFixed(1)}`);
  }
  console.log('\n| volume | KiB now | MB a day |\n|---|---|---|');
  for (const [path, kibibytes] of after) {
    const grown = ((kibibytes - (before.get(path) ?? 0)) * 1_024) / 1_000_000;
    const daily = (grown / seconds) * daySeconds;
    if (kibibytes >= 64) console.log(`| ${path} | ${kibibytes} | ${daily.toFixed(0)} |`);
  }
}
