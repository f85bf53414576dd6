// What the compose files cost: from `up` to all healthy, then memory and processor per service,
// at rest and under steady traffic. With the images that are there; nothing is pulled.
import { setTimeout as sleep } from 'node:timers/promises';
import { dockerOrThrow } from '@watchkeeper/compose/engine';
import {
  type BenchProject,
  describeMachine,
  steadyVisitsPerSecond,
  withProject,
} from './containers/project.ts';

// Long enough for caches to fill and for the first compaction of nothing.
const settleMs = 45_000;
const sampleCount = 8;
const limits = { secondsToHealthy: 45, gibibytes: 1.5, idleCores: 0.5 };

interface Usage {
  readonly mebibytes: number;
  readonly cores: number;
}

/** `npm run bench -- compose` */
export async function run(): Promise<void> {
  await withProject(async (project) => {
    const seconds = await project.up(...project.services);
    await sleep(settleMs);
    const steady = await measure(project);
    project.setTraffic('0');
    await project.up('--no-deps', 'traffic');
    await sleep(settleMs);
    report(seconds, steady, await measure(project));
  });
}

/** The mean of several samples, each over a second, by service. */
async function measure({
  name: project,
  engine,
}: BenchProject): Promise<ReadonlyMap<string, Usage>> {
  const totals = new Map<string, Usage>();
  const filter = ['--filter', `label=com.docker.compose.project=${project}`];
  const names = (await dockerOrThrow(['ps', ...filter, '--format', '{{.Names}}'], engine)).split(
    '\n',
  );
  for (let sample = 0; sample < sampleCount; sample += 1) {
    const format = '{{.Name}}|{{.MemUsage}}|{{.CPUPerc}}';
    const text = await dockerOrThrow(
      ['stats', '--no-stream', '--format', format, ...names],
      engine,
    );
    for (const line of text.split('\n')) {
      const [name = '', memory = '', processor = ''] = line.split('|');
      const service = name.replace(`${project}-`, '').replace(/-\d+$/, '');
      const before = totals.get(service) ?? { mebibytes: 0, cores: 0 };
      totals.set(service, {
        mebibytes: before.mebibytes + mebibytesOf(memory) / sampleCount,
        cores: before.cores + Number.parseFloat(processor) / 100 / sampleCount,
      });
    }
  }
  return totals;
}

function mebibytesOf(usage: string): number {
  const [, value = '0', unit = ''] = /^([\d.]+)(\w+)/.exec(usage.trim()) ?? [];
  const factors: Record<string, number> = { B: 1 / 1024 ** 2, KiB: 1 / 1024, MiB: 1, GiB: 1024 };
  return Number(value) * (factors[unit] ?? 1);
}

function sum(usages: ReadonlyMap<string, Usage>, key: keyof Usage): number {
  return [...usages.values()].reduce((total, usage) => total + usage[key], 0);
}

function report(
  seconds: number,
  steady: ReadonlyMap<string, Usage>,
  idle: ReadonlyMap<string, Usage>,
): void {
  console.log(describeMachine());
  console.log(
    `from \`up\` to all healthy: ${seconds.toFixed(1)} s (limit ${limits.secondsToHealthy})\n`,
  );
  console.log(`| service | MiB at ${steadyVisitsPerSecond} visits/s | cores | cores at rest |`);
  console.log('|---|---|---|---|');
  for (const [service, { mebibytes, cores }] of [...steady].sort()) {
    const rest = idle.get(service)?.cores ?? 0;
    console.log(
      `| ${service} | ${mebibytes.toFixed(0)} | ${cores.toFixed(3)} | ${rest.toFixed(3)} |`,
    );
  }
  const gibibytes = sum(steady, 'mebibytes') / 1024;
  console.log(
    `| all | ${(gibibytes * 1024).toFixed(0)} | ${sum(steady, 'cores').toFixed(3)} ` +
      `| ${sum(idle, 'cores').toFixed(3)} |\n`,
  );
  console.log(`memory ${gibibytes.toFixed(2)} GiB (limit ${limits.gibibytes})`);
  console.log(`at rest ${sum(idle, 'cores').toFixed(2)} cores (limit ${limits.idleCores})`);
}
