import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { namesIn } from '@watchkeeper/checks/names/promql';
import { startStack } from '@watchkeeper/stack';
import type { Asked } from './asked.ts';
import { readLines, type ShippedLine } from './logs/lines.ts';
import type { LiveSeries } from './series.ts';

/** What one instance of everything says of itself. */
export interface LiveSystem {
  readonly series: readonly LiveSeries[];
  /** Asked for by a query, and of no series in this system at that time. */
  readonly absent: readonly string[];
  readonly lines: readonly ShippedLine[];
}

// Rates have a window of two minutes, alerts that fire need as long again.
const trafficMs = 150_000;

/** What is in the file, where it is there; else what a running system says, and the file has it then. */
export async function keepLiveSystem(asked: readonly Asked[], file?: string): Promise<LiveSystem> {
  if (file !== undefined && existsSync(file)) {
    return JSON.parse(readFileSync(file, 'utf8')) as LiveSystem;
  }
  const live = await readLiveSystem(asked);
  if (file !== undefined) writeFileSync(file, JSON.stringify(live));
  return live;
}

/**
 * Runs the system for some minutes, a third of the api's answers being errors, and reads the series
 * that the queries ask for: so that label sets, recorded ones too, are what really comes about.
 */
async function readLiveSystem(asked: readonly Asked[]): Promise<LiveSystem> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'watchkeeper-bench-'));
  const stack = await startStack({ stateFolder, ports: 'free', readyTimeoutMs: 180_000 });
  try {
    const faults = `${stack.address('api', 'management')}/faults`;
    const body = JSON.stringify({ errors: { share: 0.3 } });
    await fetch(faults, { method: 'PUT', body });
    await sleep(trafficMs);
    const names = metricsOf(asked);
    const found = await Promise.all(
      names.map((name) => readSeries(stack.address('prometheus'), name)),
    );
    const absent = names.filter((_, index) => found[index]?.length === 0);
    return { series: found.flat(), absent, lines: readLines(stack.folder.logs) };
  } finally {
    await stack.stop();
    rmSync(stateFolder, { recursive: true, force: true });
  }
}

// Of ten years ago there are no samples, in no block: those queries ask for exemplars.
const ofLongAgo = /\boffset 10y\b/;

/** The names of the series that the queries read. */
export function metricsOf(asked: readonly Asked[]): string[] {
  const names = asked
    .filter(({ language, expression }) => language === 'promql' && !ofLongAgo.test(expression))
    .flatMap(({ kind, expression }) => (kind === 'values' ? ['up'] : namesIn(expression).metrics));
  return [...new Set(names)].sort();
}

async function readSeries(prometheus: string, name: string): Promise<LiveSeries[]> {
  // One that comes and goes counts as well.
  const query = `last_over_time(${name}[3m])`;
  const response = await fetch(`${prometheus}/api/v1/query?${new URLSearchParams({ query })}`);
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return data.result.map(({ metric, value: [, value] }) => ({
    labels: { ...metric, __name__: name },
    value: Number(value),
  }));
}
