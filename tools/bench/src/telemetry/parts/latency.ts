import { median } from '../../report/report.ts';
import { type Contender, contenders, type Service } from '../contenders.ts';
import {
  alternate,
  type Bench,
  compareLatencies,
  sampleLatency,
  sampleThroughput,
  withServices,
} from '../measure.ts';

const path = '/hello/17';

/** Latency at half the maximum rate of each contender, against bare Express at that rate. */
export async function measureLatency(bench: Bench): Promise<void> {
  const { bare, all10, all100, recipe10, recipe100 } = contenders;
  const rows: string[][] = [];
  for (const contender of [all10, all100, recipe10, recipe100]) {
    rows.push(await compare(bench, bare, contender));
  }
  bench.report.paragraph('Latency at half the maximum rate');
  const head = ['', 'req/s', 'bare p50 ms', 'p50 ms', 'bare p99 ms', 'p99 ms', 'added p99 ms'];
  bench.report.table(head, rows);
}

async function compare(bench: Bench, bare: Contender, contender: Contender): Promise<string[]> {
  return withServices(bench, { bare, contender }, path, async (services) => {
    const rate = await halfOfMaximum(bench, services.contender);
    const samples = await alternate(['bare', 'contender'], bench.effort.rounds, (name) =>
      sampleLatency(bench, services[name], path, rate),
    );
    const cells = compareLatencies(samples.bare, samples.contender);
    return [contender.name, rate.toFixed(0), ...cells];
  });
}

/** In requests per second. */
export async function halfOfMaximum(bench: Bench, service: Service): Promise<number> {
  const samples = await alternate(['only'], 3, () => sampleThroughput(bench, service, path));
  return median(samples.only.map(({ perSecond }) => perSecond)) / 2;
}
