// The cost of telemetry: the library against bare Express and against the usual recipe. The service
// has core 0 to itself, all else core 1; contenders take turns, and figures are medians of rounds.
import { startCollectorSink } from '@watchkeeper/testing/collector-sink';
import { parseParts } from './report/parts.ts';
import { createReport, describeMachine } from './report/report.ts';
import { buildLibrary, leaveServiceCore } from './telemetry/contenders.ts';
import { startLoad } from './telemetry/load.ts';
import type { Bench } from './telemetry/measure.ts';
import { measureLatency } from './telemetry/parts/latency.ts';
import { measureMemory } from './telemetry/parts/memory.ts';
import { measureScrapes } from './telemetry/parts/scrape.ts';
import { measureSituations } from './telemetry/parts/situations.ts';
import { measureStarts } from './telemetry/parts/starts.ts';
import { measureQueries, measureThroughput } from './telemetry/parts/throughput.ts';

const full = { rounds: 7, seconds: 4, warmUpSeconds: 5 };
const quick = { rounds: 5, seconds: 1, warmUpSeconds: 2 };

const measures = {
  throughput: measureThroughput,
  query: measureQueries,
  memory: measureMemory,
  latency: measureLatency,
  scrape: measureScrapes,
  start: measureStarts,
  situations: measureSituations,
} as const satisfies Record<string, (bench: Bench) => Promise<void>>;

const parts = Object.keys(measures) as (keyof typeof measures)[];
const usage = `npm run bench -- telemetry [--quick] [${parts.join('|')}]...`;
const options = { quick: { type: 'boolean' } } as const;

export async function run(parameters: string[]): Promise<void> {
  const { values, parts: chosen } = parseParts(parameters, { parts, options, usage });
  buildLibrary();
  leaveServiceCore();
  const effort = values.quick ? quick : full;
  const report = createReport();
  const conditions = `medians of ${effort.rounds} rounds of ${effort.seconds} s`;
  report.paragraph(describeMachine('telemetry', `Node ${process.version}, ${conditions}`));
  const collector = await startCollectorSink();
  const load = startLoad();
  try {
    const bench = { report, load, effort, collectorUrl: collector.url };
    for (const part of chosen) await measures[part](bench);
  } finally {
    load.stop();
    collector.close();
  }
}
