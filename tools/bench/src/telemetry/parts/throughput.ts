import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '@watchkeeper/stack';
import { type Contender, contenders } from '../contenders.ts';
import {
  alternate,
  type Bench,
  medians,
  sampleThroughput,
  type Throughput,
  withServices,
} from '../measure.ts';
import { printTable } from '../table.ts';

type Results<C extends string> = Record<C, Throughput>;

/** Every contender flat out on one route of JSON. */
export async function measureThroughput(bench: Bench): Promise<void> {
  const results = await compare(bench, contenders, '/hello/17');
  print('One route of JSON, flat out', results, contenders);
}

/** The same with a query for each request, against a PostgreSQL on the other core. */
export async function measureQueries(bench: Bench): Promise<void> {
  const { bare, all10, all100, recipe10 } = contenders;
  const chosen = { bare, all10, all100, recipe10 };
  const folder = mkdtempSync(join(tmpdir(), 'watchkeeper-bench-'));
  const stack = await startStack({ stateFolder: folder, ports: 'free', components: ['postgres'] });
  try {
    const environment = { DATABASE_URL: stack.databaseUrl };
    const results = await compare(bench, chosen, '/row/17', environment);
    print('The same with one `pg` query, flat out', results, chosen);
  } finally {
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Medians of contenders that take turns on a route. */
export async function compare<C extends string>(
  bench: Bench,
  all: Readonly<Record<C, Contender>>,
  path: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Results<C>> {
  const names = Object.keys(all) as C[];
  const use = async (services: Record<C, Parameters<typeof sampleThroughput>[1]>) => {
    const samples = await alternate(names, bench.effort.rounds, (name) =>
      sampleThroughput(bench, services[name], path),
    );
    return Object.fromEntries(names.map((name) => [name, medians(samples[name].map(plain))]));
  };
  return (await withServices(bench, all, path, use, environment)) as Results<C>;
}

const plain = (throughput: Throughput) => ({ ...throughput });

function print<C extends string>(
  title: string,
  results: Results<C>,
  all: Readonly<Record<C, Contender>>,
): void {
  const names = Object.keys(all) as C[];
  const { bare } = results as Results<C | 'bare'>;
  const rows = names.map((name) => {
    const { perSecond, cpuMicrosPerRequest, rssMebibytes } = results[name];
    return [
      all[name].name,
      perSecond.toFixed(0),
      (perSecond / bare.perSecond).toFixed(2),
      cpuMicrosPerRequest.toFixed(0),
      (bare.cpuMicrosPerRequest / cpuMicrosPerRequest).toFixed(2),
      rssMebibytes.toFixed(0),
      (rssMebibytes - bare.rssMebibytes).toFixed(0),
    ];
  });
  const head = ['', 'req/s', 'of bare', 'CPU µs/req', 'of bare', 'RSS MiB', 'added'];
  printTable(title, head, rows);
}
