// What telemetry costs: the library against bare Express and against the usual recipe. The service
// has core 0 to itself, all else core 1; contenders take turns, and figures are medians of rounds.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { startCollectorSink } from '@watchkeeper/testing/collector-sink';
import { buildLibrary, leaveServiceCore } from './telemetry/contenders.ts';
import { startLoad } from './telemetry/load.ts';
import type { Bench, Effort } from './telemetry/measure.ts';
import { measureLatency } from './telemetry/parts/latency.ts';
import { measureMemory } from './telemetry/parts/memory.ts';
import { measureScrapes } from './telemetry/parts/scrape.ts';
import { measureSituations } from './telemetry/parts/situations.ts';
import { measureStarts } from './telemetry/parts/starts.ts';
import { measureQueries, measureThroughput } from './telemetry/parts/throughput.ts';

const full: Effort = { rounds: 7, seconds: 4, warmUpSeconds: 5 };
const quick: Effort = { rounds: 5, seconds: 1, warmUpSeconds: 2 };

const parts = {
  throughput: measureThroughput,
  query: measureQueries,
  memory: measureMemory,
  latency: measureLatency,
  scrape: measureScrapes,
  start: measureStarts,
  situations: measureSituations,
} as const satisfies Record<string, (bench: Bench) => Promise<void>>;

const usage = `npm run bench -- telemetry [--quick] [${Object.keys(parts).join('|')}]...`;

/** `npm run bench -- telemetry [--quick] [part]...` */
export async function run(parameters: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: parameters,
    options: { quick: { type: 'boolean' } },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !(name in parts));
  if (unknown.length > 0) {
    console.error(`Expected parts of the benchmark, got \`${unknown.join(' ')}\`. Usage: ${usage}`);
    process.exit(2);
  }
  const names = (
    positionals.length > 0 ? positionals : Object.keys(parts)
  ) as (keyof typeof parts)[];
  buildLibrary();
  leaveServiceCore();
  const effort = values.quick ? quick : full;
  const collector = await startCollectorSink();
  const load = startLoad();
  describe(effort);
  try {
    for (const name of names) await parts[name]({ load, effort, collectorUrl: collector.url });
  } finally {
    load.stop();
    collector.close();
  }
}

function describe({ rounds, seconds }: Effort): void {
  const [processor] = cpus();
  console.log(
    `${cpus().length} cores of ${processor?.model.trim()}, Node ${process.version}, ` +
      `medians of ${rounds} rounds of ${seconds} s, ${new Date().toISOString().slice(0, 10)}`,
  );
}
