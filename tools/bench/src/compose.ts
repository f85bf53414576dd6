// The cost of the compose files: the time from `up` to all healthy, then memory and cores of each
// service, idle and under steady traffic. With the present images; nothing is pulled.
import { setTimeout as sleep } from 'node:timers/promises';
import { dockerOrThrow } from '@watchkeeper/compose/engine';
import { type BenchProject, steadyVisitsPerSecond, withProject } from './containers/project.ts';
import { createReport, describeMachine } from './report/report.ts';

// Long enough for caches to fill and for the first compaction.
const settleMs = 45_000;
const sampleCount = 8;
const limits = { secondsToHealthy: 45, gibibytes: 1.5, idleCores: 0.5 };

interface Usage {
  readonly mebibytes: number;
  readonly cores: number;
}

export async function run(): Promise<void> {
  const report = createReport();
  report.paragraph(describeMachine('compose', `${steadyVisitsPerSecond} visits per second`));
  await withProject(async (project) => {
    const seconds = await project.up(...project.services);
    await sleep(settleMs);
    const steady = await measure(project);
    project.setTraffic('0');
    await project.up('--no-deps', 'traffic');
    await sleep(settleMs);
    const idle = await measure(project);
    const { secondsToHealthy, gibibytes, idleCores } = limits;
    report.paragraph(
      `From \`up\` to all healthy: ${seconds.toFixed(1)} s (limit ${secondsToHealthy}). Memory: ` +
        `${(sum(steady, 'mebibytes') / 1024).toFixed(2)} GiB (limit ${gibibytes}). Idle: ` +
        `${sum(idle, 'cores').toFixed(2)} cores (limit ${idleCores}).`,
    );
    report.table(['service', 'MiB', 'cores', 'cores, idle'], rowsOf(steady, idle));
  });
}

/** The mean of several samples, each over a second, by service. */
async function measure({ name, engine }: BenchProject): Promise<ReadonlyMap<string, Usage>> {
  const totals = new Map<string, Usage>();
  const filter = ['--filter', `label=com.docker.compose.project=${name}`];
  const listed = await dockerOrThrow(['ps', ...filter, '--format', '{{.Names}}'], engine);
  const stats = ['stats', '--no-stream', '--format', '{{.Name}}|{{.MemUsage}}|{{.CPUPerc}}'];
  for (let sample = 0; sample < sampleCount; sample += 1) {
    const text = await dockerOrThrow([...stats, ...listed.split('\n')], engine);
    for (const line of text.split('\n')) {
      const [container = '', memory = '', processor = ''] = line.split('|');
      const service = container.replace(`${name}-`, '').replace(/-\d+$/, '');
      const before = totals.get(service) ?? { mebibytes: 0, cores: 0 };
      totals.set(service, {
        mebibytes: before.mebibytes + parseMebibytes(memory) / sampleCount,
        cores: before.cores + Number.parseFloat(processor) / 100 / sampleCount,
      });
    }
  }
  return totals;
}

function parseMebibytes(usage: string): number {
  const [, value = '0', unit = ''] = /^([\d.]+)(\w+)/.exec(usage.trim()) ?? [];
  const factors: Record<string, number> = { B: 1 / 1024 ** 2, KiB: 1 / 1024, MiB: 1, GiB: 1024 };
  return Number(value) * (factors[unit] ?? 1);
}

function sum(usages: ReadonlyMap<string, Usage>, key: keyof Usage): number {
  return [...usages.values()].reduce((total, usage) => total + usage[key], 0);
}

function rowsOf(steady: ReadonlyMap<string, Usage>, idle: ReadonlyMap<string, Usage>): string[][] {
  const row = (name: string, { mebibytes, cores }: Usage, idleCores: number) => [
    ...[name, mebibytes.toFixed(0), cores.toFixed(3), idleCores.toFixed(3)],
  ];
  const all = { mebibytes: sum(steady, 'mebibytes'), cores: sum(steady, 'cores') };
  return [
    ...[...steady].sort().map(([name, usage]) => row(name, usage, idle.get(name)?.cores ?? 0)),
    row('all', all, sum(idle, 'cores')),
  ];
}
