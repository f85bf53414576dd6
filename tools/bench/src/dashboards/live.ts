import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { namesIn } from '@watchkeeper/checks/names/promql';
import { setApiFaults, withTemporaryStack } from '@watchkeeper/drills/systems/temporary-stack';
import { createPrometheusClient } from '@watchkeeper/testing/prometheus';
import { readLines, type ShippedLine } from './logs/lines.ts';
import type { DashboardQuery } from './queries.ts';
import type { LiveSeries } from './series.ts';

/** The telemetry of one instance of everything. */
export interface LiveSystem {
  readonly series: readonly LiveSeries[];
  /** Metrics of the queries without any series at that time. */
  readonly absent: readonly string[];
  readonly lines: readonly ShippedLine[];
}

// Rates have a window of two minutes, firing alerts need as long again.
const trafficMs = 150_000;

/** Reads the file if it exists; else runs a system, and writes the file. */
export async function readLiveSystem(
  queries: readonly DashboardQuery[],
  file?: string,
): Promise<LiveSystem> {
  if (file !== undefined && existsSync(file)) {
    return JSON.parse(readFileSync(file, 'utf8')) as LiveSystem;
  }
  const live = await runSystem(queries);
  if (file !== undefined) writeFileSync(file, JSON.stringify(live));
  return live;
}

/**
 * Runs the system for some minutes with a third of the api's requests failing, and reads the series
 * of the queries, recorded ones too, so that their labels are real.
 */
async function runSystem(queries: readonly DashboardQuery[]): Promise<LiveSystem> {
  return withTemporaryStack({}, async (stack) => {
    await setApiFaults(stack, { errors: { share: 0.3 } });
    await sleep(trafficMs);
    const prometheus = createPrometheusClient(stack.address('prometheus'));
    const names = metricsOf(queries);
    const found = await Promise.all(
      names.map(async (name): Promise<LiveSeries[]> => {
        // Includes series that come and go.
        const all = await prometheus.query(`last_over_time(${name}[3m])`);
        return all.map(({ metric, value }) => ({ labels: { ...metric, __name__: name }, value }));
      }),
    );
    const absent = names.filter((_, index) => found[index]?.length === 0);
    return { series: found.flat(), absent, lines: readLines(stack.folder.logs) };
  });
}

// Queries for exemplars: ten years ago there are no samples.
const ofLongAgo = /\boffset 10y\b/;

/** The names of the series that the queries read. */
export function metricsOf(queries: readonly DashboardQuery[]): string[] {
  const names = queries
    .filter(({ language, expression }) => language === 'promql' && !ofLongAgo.test(expression))
    .flatMap(({ kind, expression }) => (kind === 'values' ? ['up'] : namesIn(expression).metrics));
  return [...new Set(names)].sort();
}
