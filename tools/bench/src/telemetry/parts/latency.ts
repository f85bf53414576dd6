import { type Contender, contenders, type Service } from '../contenders.ts';
import {
  alternate,
  type Bench,
  median,
  medians,
  sampleLatency,
  sampleThroughput,
  withServices,
} from '../measure.ts';
import { printTable } from '../table.ts';

const path = '/hello/17';

/** What each adds to latency at half the load that it can take, against bare Express at that load. */
export async function measureLatency(bench: Bench): Promise<void> {
  const { bare, all10, all100, recipe10, recipe100 } = contenders;
  const rows: string[][] = [];
  for (const contender of [all10, all100, recipe10, recipe100]) {
    rows.push(await compare(bench, bare, contender));
  }
  const head = ['', 'req/s', 'bare p50 ms', 'p50 ms', 'bare p99 ms', 'p99 ms', 'added p99 ms'];
  printTable('Latency at half the maximum load', head, rows);
}

async function compare(bench: Bench, bare: Contender, contender: Contender): Promise<string[]> {
  return withServices(bench, { bare, contender }, path, async (services) => {
    const rate = await halfOfMaximum(bench, services.contender);
    const samples = await alternate(['bare', 'contender'], bench.effort.rounds, (name) =>
      sampleLatency(bench, services[name], path, rate),
    );
    const [from, to] = [medians(samples.bare), medians(samples.contender)];
    const figures = [from.p50Ms, to.p50Ms, from.p99Ms, to.p99Ms, to.p99Ms - from.p99Ms];
    return [contender.name, rate.toFixed(0), ...figures.map((figure) => figure.toFixed(2))];
  });
}

/** Half of what a service answers flat out, as requests per second. */
export async function halfOfMaximum(bench: Bench, service: Service): Promise<number> {
  const samples = await alternate(['only'], 3, () => sampleThroughput(bench, service, path));
  return median(samples.only.map(({ perSecond }) => perSecond)) / 2;
}
