import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { findPromtool } from '@watchkeeper/stack';
import type { WrittenSeries } from './series.ts';

const hourMs = 3_600_000;
// The text of a block at the shipped 5 s would be gigabytes, and promtool's memory with it.
const sampleMs = 60_000;
const blockMs = 2 * hourMs;

export type History = Awaited<ReturnType<typeof writeHistory>>;

/**
 * Writes that many hours of series into a data folder of Prometheus, by promtool. Times are in
 * milliseconds since 1970.
 */
export async function writeHistory(
  folder: string,
  series: readonly WrittenSeries[],
  { endMs, hours }: { readonly endMs: number; readonly hours: number },
) {
  const promtool = await findPromtool();
  const to = Math.floor(endMs / sampleMs) * sampleMs;
  const from = to - hours * hourMs;
  mkdirSync(folder, { recursive: true });
  let samples = 0;
  // promtool reads its whole input again for each block, so each block has an input of its own.
  for (let start = from; start < to; ) {
    const end = Math.min((Math.floor(start / blockMs) + 1) * blockMs, to);
    const file = join(folder, 'samples.txt');
    samples += writeOpenMetrics(file, series, { from: start, to: end });
    const command = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, folder];
    execFileSync(promtool, command, { stdio: ['ignore', 'ignore', 'inherit'] });
    rmSync(file);
    start = end;
  }
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  const blocks = readdirSync(folder).length;
  return { from, to, blocks, series: series.length, samples, bytes };
}

/** Returns the number of samples. Source: https://prometheus.io/docs/specs/om/open_metrics_spec/ */
function writeOpenMetrics(
  file: string,
  series: readonly WrittenSeries[],
  { from, to }: { readonly from: number; readonly to: number },
): number {
  const count = (to - from) / sampleMs;
  const descriptor = openSync(file, 'w');
  for (const { labels, shape } of series) {
    const { __name__: name, ...others } = labels;
    const pairs = Object.entries(others).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    const head = `${name}{${pairs.join(',')}}`;
    const lines = Array.from({ length: count }, (_, index) => {
      const timeMs = from + index * sampleMs;
      return `${head} ${shape(timeMs / sampleMs)} ${timeMs / 1_000}\n`;
    });
    writeSync(descriptor, lines.join(''));
  }
  writeSync(descriptor, '# EOF\n');
  closeSync(descriptor);
  return series.length * count;
}
