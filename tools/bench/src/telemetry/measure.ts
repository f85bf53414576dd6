import { type Contender, type Service, startService } from './contenders.ts';
import type { LoadGenerator } from './load.ts';

/** How long and how often to measure. */
export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

/** What all measurements share. */
export interface Bench {
  readonly load: LoadGenerator;
  readonly effort: Effort;
  /** Where every service sends its spans. */
  readonly collectorUrl: string;
}

/** Medians of one contender's rounds. */
export interface Throughput {
  readonly perSecond: number;
  readonly cpuMicrosPerRequest: number;
  readonly rssMebibytes: number;
}

const connections = 32;

/** The middle of several numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Medians of several samples, figure by figure. */
export function medians<K extends string>(
  samples: readonly Record<K, number>[],
): Record<K, number> {
  const names = Object.keys(samples[0] ?? {}) as K[];
  const pairs = names.map((name) => [name, median(samples.map((sample) => sample[name]))]);
  return Object.fromEntries(pairs);
}

/**
 * Measures all contenders in turn, round after round, so that whatever else the machine does falls
 * on all alike. @returns for each contender the samples of its rounds
 */
export async function alternate<C extends string, R>(
  names: readonly C[],
  rounds: number,
  sample: (name: C) => Promise<R>,
): Promise<Record<C, R[]>> {
  const samples = Object.fromEntries(names.map((name) => [name, [] as R[]])) as Record<C, R[]>;
  for (let round = 0; round < rounds; round += 1) {
    // Every other round backwards: nobody always comes after the same one.
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

/** One round flat out: requests per second, processor time of each, memory after it. */
export async function sampleThroughput(
  { load, effort }: Bench,
  service: Service,
  path: string,
): Promise<Throughput> {
  const { port } = service;
  const before = await service.ask();
  const result = await load.run({ port, path, seconds: effort.seconds, connections });
  const after = await service.ask();
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
  const steady = { port, path, seconds, connections: 100, ratePerSecond };
  const { p50Ms, p99Ms, errors } = await load.run(steady);
  return { p50Ms, p99Ms, errors };
}
