import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { withTemporaryFolder } from '@watchkeeper/drills/systems/temporary-stack';
import { startCollectorSink } from '@watchkeeper/testing/collector-sink';
import { contenders, type Service } from '../contenders.ts';
import {
  alternate,
  type Bench,
  compareLatencies,
  sampleLatency,
  withServices,
} from '../measure.ts';
import { halfOfMaximum } from './latency.ts';

const path = '/hello/17';
// Longer than any round, so that no response arrives within one.
const slowCollectorMs = 20_000;
const crowd = 100;

interface Situation {
  readonly name: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs beside each round. */
  readonly disturb?: (service: Service) => Promise<unknown>;
}

/** The latency of requests when a dependency of telemetry is down, slow or overloaded. */
export async function measureSituations(bench: Bench): Promise<void> {
  const slow = await startCollectorSink(slowCollectorMs);
  const rows: string[][] = [];
  try {
    await withTemporaryFolder(async (folder) => {
      // The name that the rotation gives to the first file.
      symlinkSync('/dev/full', join(folder, 'app.1.log'));
      for (const situation of situationsWith(slow.url, join(folder, 'app.log'))) {
        rows.push(await compare(bench, situation));
      }
    });
  } finally {
    slow.close();
  }
  bench.report.paragraph('Three pillars at 100 %, half the maximum rate');
  const head = ['', 'usual p50 ms', 'p50 ms', 'usual p99 ms', 'p99 ms', 'added p99 ms', 'failed'];
  bench.report.table(head, rows);
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
  const disturbed = { ...all100, environment: { ...all100.environment, ...environment } };
  return withServices(bench, { usual: all100 }, path, ({ usual }) =>
    withServices(
      // The collector of the situation wins over the shared one.
      { ...bench, collectorUrl: environment.OTEL_EXPORTER_OTLP_ENDPOINT ?? bench.collectorUrl },
      { disturbed },
      path,
      async (services) => {
        const rate = await halfOfMaximum(bench, usual);
        const samples = await alternate(
          ['usual', 'disturbed'],
          bench.effort.rounds,
          async (one) => {
            if (one === 'usual') return sampleLatency(bench, usual, path, rate);
            const disturbance = disturb(services.disturbed);
            const sample = await sampleLatency(bench, services.disturbed, path, rate);
            await disturbance;
            return sample;
          },
        );
        const failed = samples.disturbed.reduce((sum, { errors }) => sum + errors, 0);
        return [name, ...compareLatencies(samples.usual, samples.disturbed), String(failed)];
      },
    ),
  );
}
