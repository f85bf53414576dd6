/** A page of metrics whose counters continue to grow. */
export type MovingPage = ReturnType<typeof readMovingPage>;

interface Line {
  /** Name and labels, with the space before the value. */
  readonly head: string;
  readonly value: number;
  readonly isCounter: boolean;
}

// An exemplar may follow; rules don't read it.
const sample = /^([a-zA-Z_:][\w:]*(?:\{.*?\})? )(\S+)(?: # .*)?$/;

/**
 * Counters grow at their average rate since `process_start_time_seconds` of the page; gauges stay.
 * @throws Error for a page without it
 */
export function readMovingPage(text: string, recordedAtMs: number) {
  const lines = readLines(text);
  const startedAt = lines.find(
    (line) => typeof line !== 'string' && line.head.startsWith('process_start_time_seconds'),
  ) as Line | undefined;
  if (startedAt === undefined) {
    throw new Error('Expected a page of metrics with `process_start_time_seconds`.');
  }
  const uptimeSeconds = recordedAtMs / 1_000 - startedAt.value;
  return {
    series: lines.filter((line) => typeof line !== 'string').length,
    /** The text at that time after the recording. */
    at(elapsedSeconds: number): string {
      const growth = 1 + elapsedSeconds / uptimeSeconds;
      const texts = lines.map((line) => (typeof line === 'string' ? line : write(line, growth)));
      return `${texts.join('\n')}\n`;
    },
  };
}

function readLines(text: string): readonly (Line | string)[] {
  let isCounter = false;
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const type = /^# TYPE \S+ (\S+)$/.exec(line)?.[1];
      if (type !== undefined) isCounter = ['counter', 'histogram', 'summary'].includes(type);
      const [, head = '', value] = sample.exec(line) ?? [];
      return value === undefined ? line : { head, value: Number(value), isCounter };
    });
}

// Whole numbers stay whole: they are counts.
function write({ head, value, isCounter }: Line, growth: number): string {
  if (!isCounter) return `${head}${value}`;
  const grown = value * growth;
  return `${head}${Number.isInteger(value) ? Math.floor(grown) : grown}`;
}
