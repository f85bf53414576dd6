// What the compose files cost: from `up` to all healthy, then memory and processor per service,
// at rest and under steady traffic. With the images that are there; nothing is pulled.
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../../packages/stack/src/stack-error.ts';
import { inspectImage } from '../containers/build-images.ts';
import { ensureCompose } from '../containers/compose-client.ts';
import { resolveCompose } from '../containers/compose-model.ts';
import { dockerOrThrow, type Engine, ensureEngine } from '../containers/engine.ts';
import { portVariables } from '../containers/examine.ts';

const root = join(import.meta.dirname, '../..');
const project = 'watchkeeper-bench';
const steadyRequestsPerSecond = '20';
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
  const engine = await ensureEngine({ mayInstall: process.env.CI === 'true' });
  const { services, absent } = await findServices(engine);
  for (const [service, image] of absent) console.log(`left out: ${service}, no image \`${image}\``);
  // Ports of its own choosing, so that a running system stays undisturbed.
  const environment = { ...engine.environment, ...benchPorts() };
  const compose = (...parameters: string[]) =>
    dockerOrThrow(['compose', '-p', project, '--project-directory', root, ...parameters], {
      environment,
    });
  try {
    await compose('build', '--quiet');
    const startedAt = performance.now();
    await compose('up', '-d', '--wait', '--no-build', ...services);
    const seconds = (performance.now() - startedAt) / 1_000;
    await sleep(settleMs);
    const steady = await measure(engine);
    environment.TRAFFIC_RATE = '0';
    await compose('up', '-d', '--wait', '--no-build', '--no-deps', 'traffic');
    await sleep(settleMs);
    report(seconds, steady, await measure(engine));
  } finally {
    await compose('down', '-v', '--remove-orphans');
  }
}

function benchPorts(): NodeJS.ProcessEnv {
  const names = [...portVariables(root).keys()];
  const ports = names.map((name, index) => [name, String(23_000 + index)]);
  return { ...Object.fromEntries(ports), TRAFFIC_RATE: steadyRequestsPerSecond };
}

async function findServices(engine: Engine) {
  const model = await resolveCompose(root, await ensureCompose());
  const absent = new Map<string, string>();
  for (const [name, { image = '', build }] of Object.entries(model.services)) {
    if (build === undefined && (await inspectImage(image, engine)) === undefined) {
      absent.set(name, image);
    }
  }
  if (absent.has('prepare')) {
    throw new StackError(
      'Expected the pinned images to be there, got none. Run `docker compose pull`, or ' +
        '`npm run offline-images` where there is no registry.',
    );
  }
  const services = Object.keys(model.services).filter((name) => !absent.has(name));
  return { services, absent };
}

/** The mean of several samples, each over a second, by service. */
async function measure(engine: Engine): Promise<ReadonlyMap<string, Usage>> {
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
  const [processor] = cpus();
  console.log(`${cpus().length} cores, ${processor?.model.trim()}`);
  console.log(
    `from \`up\` to all healthy: ${seconds.toFixed(1)} s (limit ${limits.secondsToHealthy})\n`,
  );
  console.log(`| service | MiB at ${steadyRequestsPerSecond} visits/s | cores | cores at rest |`);
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
