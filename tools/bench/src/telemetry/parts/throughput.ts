import { withTemporaryStack } from '@watchkeeper/drills/systems/temporary-stack';
import type { Report } from '../../report/report.ts';
import { type Contender, contenders, type Service } from '../contenders.ts';
import { alternate, type Bench, medians, sampleThroughput, withServices } from '../measure.ts';

type Throughput = Awaited<ReturnType<typeof sampleThroughput>>;
type Results<C extends string> = Record<C, Throughput>;

/** Every contender at maximum rate on one route of JSON. */
export async function measureThroughput(bench: Bench): Promise<void> {
  bench.report.paragraph('One route of JSON, maximum rate');
  reportResults(bench.report, await compare(bench, contenders, '/hello/17'), contenders);
}

/** The same with a query for each request, to a PostgreSQL on the other core. */
export async function measureQueries(bench: Bench): Promise<void> {
  const { bare, all10, all100, recipe10 } = contenders;
  const chosen = { bare, all10, all100, recipe10 };
  return withTemporaryStack({ components: ['postgres'] }, async (stack) => {
    const results = await compare(bench, chosen, '/row/17', { DATABASE_URL: stack.databaseUrl });
    bench.report.paragraph('The same with one `pg` query, maximum rate');
    reportResults(bench.report, results, chosen);
  });
}

/** Medians of contenders that take turns on a route. */
export async function compare<C extends string>(
  bench: Bench,
  all: Readonly<Record<C, Contender>>,
  path: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Results<C>> {
  const names = Object.keys(all) as C[];
  const use = async (services: Record<C, Service>) => {
    const samples = await alternate(names, bench.effort.rounds, (name) =>
      sampleThroughput(bench, services[name], path),
    );
    return Object.fromEntries(names.map((name) => [name, medians(samples[name])]));
  };
  return (await withServices(bench, all, path, use, environment)) as Results<C>;
}

function reportResults<C extends string>(
  report: Report,
  results: Results<C>,
  all: Readonly<Record<C, Contender>>,
): void {
  const { bare } = results as Results<C | 'bare'>;
  const rows = (Object.keys(all) as C[]).map((name) => {
    const { perSecond, cpuMicrosPerRequest, rssMebibytes } = results[name];
    return [
      ...[all[name].name, perSecond.toFixed(0), (perSecond / bare.perSecond).toFixed(2)],
      cpuMicrosPerRequest.toFixed(0),
      (bare.cpuMicrosPerRequest / cpuMicrosPerRequest).toFixed(2),
      ...[rssMebibytes.toFixed(0), (rssMebibytes - bare.rssMebibytes).toFixed(0)],
    ];
  });
  const head = ['', 'req/s', 'of bare', 'CPU µs/req', 'of bare', 'RSS MiB', 'added'];
  report.table(head, rows);
}
