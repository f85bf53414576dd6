import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCollectorSink } from '@watchkeeper/testing/collector-sink';
import { contenders, type Service } from '../contenders.ts';
import { alternate, type Bench, medians, sampleLatency, withServices } from '../measure.ts';
import { printTable } from '../table.ts';
import { halfOfMaximum } from './latency.ts';

const path = '/hello/17';
// Longer than any round: no answer comes while anybody measures.
const slowCollectorMs = 20_000;
const crowd = 100;

interface Situation {
  readonly name: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs beside each round. */
  readonly disturb?: (service: Service) => Promise<unknown>;
}

/** What it costs the requests when something that telemetry needs is away, slow or too much. */
export async function measureSituations(bench: Bench): Promise<void> {
  const slow = await startCollectorSink(slowCollectorMs);
  const folder = mkdtempSync(join(tmpdir(), 'watchkeeper-bench-'));
  // The name that the rotation gives to the first file.
  symlinkSync('/dev/full', join(folder, 'app.1.log'));
  const rows: string[][] = [];
  try {
    for (const situation of situationsWith(slow.url, join(folder, 'app.log'))) {
      rows.push(await compare(bench, situation));
    }
  } finally {
    slow.close();
    rmSync(folder, { recursive: true });
  }
  const head = ['', 'usual p50 ms', 'p50 ms', 'usual p99 ms', 'p99 ms', 'added p99 ms', 'failed'];
  printTable('Three pillars at 100 %, half the maximum load', head, rows);
}

function situationsWith(slowUrl: string, fullFile: string): Situation[] {
  const isDead = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
  return [
    { name: 'nothing wrong' },
    { name: 'dead collector', environment: isDead },
    { name: 'slow collector', environment: { OTEL_EXPORTER_OTLP_ENDPOINT: slowUrl } },
    { name: 'full disk', environment: { LOG_FILE: fullFile } },
    { name: 'a hundred scrapes at once', disturb: (service) => scrape(service, crowd) },
    { name: '50,000 series, not scraped', environment: { SERIES: '50000' } },
    {
      name: '50,000 series, scraped once a round',
      environment: { SERIES: '50000' },
      disturb: (service) => scrape(service, 1),
    },
  ];
}

async function scrape({ managementAddress }: Service, count: number): Promise<void> {
  const one = async () => (await fetch(`http://${managementAddress}/metrics`)).arrayBuffer();
  await Promise.all(Array.from({ length: count }, one));
}

async function compare(
  bench: Bench,
  { name, environment = {}, disturb = async () => {} }: Situation,
): Promise<string[]> {
  const { all100 } = contenders;
  const troubled = { ...all100, environment: { ...all100.environment, ...environment } };
  return withServices(bench, { usual: all100 }, path, ({ usual }) =>
    withServices(
      // What the contender says of itself must win over what all share.
      { ...bench, collectorUrl: environment.OTEL_EXPORTER_OTLP_ENDPOINT ?? bench.collectorUrl },
      { troubled },
      path,
      async (services) => {
        const rate = await halfOfMaximum(bench, usual);
        const samples = await alternate(['usual', 'troubled'], bench.effort.rounds, async (one) => {
          if (one === 'usual') return sampleLatency(bench, usual, path, rate);
          const disturbance = disturb(services.troubled);
          const sample = await sampleLatency(bench, services.troubled, path, rate);
          await disturbance;
          return sample;
        });
        const [from, to] = [medians(samples.usual), medians(samples.troubled)];
        const figures = [from.p50Ms, to.p50Ms, from.p99Ms, to.p99Ms, to.p99Ms - from.p99Ms];
        const failed = samples.troubled.reduce((sum, { errors }) => sum + errors, 0);
        return [name, ...figures.map((figure) => figure.toFixed(2)), String(failed)];
      },
    ),
  );
}
