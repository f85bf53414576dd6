import { median, type Report } from '../report/report.ts';
import { type Contender, type Service, startService } from './contenders.ts';
import type { startLoad } from './load.ts';

/** Shared by all measurements. */
export interface Bench {
  readonly report: Report;
  readonly load: ReturnType<typeof startLoad>;
  readonly effort: {
    readonly rounds: number;
    readonly seconds: number;
    readonly warmUpSeconds: number;
  };
  /** Receives the spans of every service. */
  readonly collectorUrl: string;
}

const connections = 32;

/** Medians of several samples, figure by figure. */
export function medians<K extends string>(
  samples: readonly Record<K, number>[],
): Record<K, number> {
  const names = Object.keys(samples[0] ?? {}) as K[];
  const pairs = names.map((name) => [name, median(samples.map((sample) => sample[name]))]);
  return Object.fromEntries(pairs);
}

/**
 * Measures all contenders in turn, round after round, so that other load of the machine affects all
 * alike. Resolves to the samples of each contender.
 */
export async function alternate<C extends string, R>(
  names: readonly C[],
  rounds: number,
  sample: (name: C) => Promise<R>,
): Promise<Record<C, R[]>> {
  const samples = Object.fromEntries(names.map((name) => [name, [] as R[]])) as Record<C, R[]>;
  for (let round = 0; round < rounds; round += 1) {
    // Every other round backwards, so that none always follows the same one.
    const order = round % 2 === 0 ? names : [...names].reverse();
    for (const name of order) samples[name].push(await sample(name));
  }
  return samples;
}

/** Starts services, warms each up, and stops them all when `use` is done. */
export async function withServices<C extends string, R>(
  { load, effort, collectorUrl }: Bench,
  all: Readonly<Record<C, Contender>>,
  path: string,
  use: (services: Record<C, Service>) => Promise<R>,
  environment: Readonly<Record<string, string>> = {},
): Promise<R> {
  const services = {} as Record<C, Service>;
  try {
    for (const name of Object.keys(all) as C[]) {
      const shared = { OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl, ...environment };
      const service = await startService(all[name], shared);
      services[name] = service;
      await load.run({ port: service.port, path, seconds: effort.warmUpSeconds, connections });
    }
    return await use(services);
  } finally {
    for (const service of Object.values<Service>(services)) await service.stop();
  }
}

/** One round at maximum rate: requests per second, CPU time of each, memory after it. */
export async function sampleThroughput({ load, effort }: Bench, service: Service, path: string) {
  const { port } = service;
  const before = await service.readUsage();
  const result = await load.run({ port, path, seconds: effort.seconds, connections });
  const after = await service.readUsage();
  if (result.errors > 0) {
    throw new Error(`Expected no errors of \`${service.contender.name}\`, got ${result.errors}.`);
  }
  return {
    perSecond: result.perSecond,
    cpuMicrosPerRequest: (after.cpuMicros - before.cpuMicros) / result.requests,
    rssMebibytes: after.rssBytes / 1_048_576,
  };
}

/** Latency at a steady rate, in milliseconds. */
export async function sampleLatency(
  { load, effort }: Bench,
  { port }: Service,
  path: string,
  ratePerSecond: number,
) {
  const { seconds } = effort;
  const { p50Ms, p99Ms, errors } = await load.run({
    ...{ port, path, seconds, connections: 100, ratePerSecond },
  });
  return { p50Ms, p99Ms, errors };
}

/** The cells of both medians of two latencies, and the added p99. */
export function compareLatencies(
  base: readonly { p50Ms: number; p99Ms: number }[],
  other: readonly { p50Ms: number; p99Ms: number }[],
): string[] {
  const [from, to] = [medians(base), medians(other)];
  const figures = [from.p50Ms, to.p50Ms, from.p99Ms, to.p99Ms, to.p99Ms - from.p99Ms];
  return figures.map((figure) => figure.toFixed(2));
}
