import { type Span, sortSeries, type Written, type WrittenSeries, writeBlock } from './block.ts';

const hourMs = 3_600_000;
// Blocks begin and end with a sample of every interval.
const alignmentMs = hourMs / 2;
// What Prometheus compacts blocks of two hours into, up to a tenth of fifteen days.
const lengths = [18 * hourMs, 6 * hourMs, 2 * hourMs] as const;

/** What was written. */
export interface History extends Span {
  readonly blocks: number;
  readonly series: number;
  readonly samples: number;
  readonly bytes: number;
}

/** The blocks that a Prometheus has after so many hours: long ones, and short ones of late. */
export function planBlocks(endMs: number, hours: number): Span[] {
  const to = Math.floor(endMs / alignmentMs) * alignmentMs;
  const spans: Span[] = [];
  for (let from = to - hours * hourMs; from < to; ) {
    const length = lengths.find((one) => endOf(from, one) <= to) ?? lengths[2];
    const next = Math.min(endOf(from, length), to);
    spans.push({ from, to: next });
    from = next;
  }
  return spans;
}

function endOf(from: number, length: number): number {
  return (Math.floor(from / length) + 1) * length;
}

/** Writes series over so many hours into a Prometheus' folder of data. */
export function writeHistory(
  folder: string,
  series: readonly WrittenSeries[],
  { endMs, hours }: { readonly endMs: number; readonly hours: number },
): History {
  const sorted = sortSeries(series);
  const spans = planBlocks(endMs, hours);
  const written: Written[] = spans.map((span) => writeBlock(folder, span, sorted));
  const sum = (of: (one: Written) => number) => written.reduce((all, one) => all + of(one), 0);
  return {
    from: spans[0]?.from ?? endMs,
    to: spans.at(-1)?.to ?? endMs,
    blocks: spans.length,
    series: sorted.length,
    samples: sum(({ samples }) => samples),
    bytes: sum(({ bytes }) => bytes),
  };
}
