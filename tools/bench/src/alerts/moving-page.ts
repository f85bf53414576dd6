/** A page of metrics whose counters go on as they did before it was recorded. */
export interface MovingPage {
  /** How many series it has. */
  readonly series: number;
  /** The page as it is so long after it was recorded. */
  at(elapsedSeconds: number): string;
}

interface Line {
  /** Name and labels, with the space that the value follows. */
  readonly head: string;
  readonly value: number;
  readonly doesMove: boolean;
}

// An exemplar may follow; rules don't read it.
const sample = /^([a-zA-Z_:][\w:]*(?:\{.*?\})? )(\S+)(?: # .*)?$/;

/**
 * Makes one of what `/metrics` answered. Counters grow as fast as on average since the process
 * began, which the page itself says; gauges stay.
 * @throws Error for a page that says no `process_start_time_seconds`
 */
export function readMovingPage(text: string, recordedAtMs: number): MovingPage {
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
    at(elapsedSeconds) {
      const growth = 1 + elapsedSeconds / uptimeSeconds;
      const texts = lines.map((line) => (typeof line === 'string' ? line : write(line, growth)));
      return `${texts.join('\n')}\n`;
    },
  };
}

function readLines(text: string): readonly (Line | string)[] {
  let doesMove = false;
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const type = /^# TYPE \S+ (\S+)$/.exec(line)?.[1];
      if (type !== undefined) doesMove = ['counter', 'histogram', 'summary'].includes(type);
      const [, head = '', value] = sample.exec(line) ?? [];
      return value === undefined ? line : { head, value: Number(value), doesMove };
    });
}

// Whole numbers stay whole: they are counts.
function write({ head, value, doesMove }: Line, growth: number): string {
  if (!doesMove) return `${head}${value}`;
  const grown = value * growth;
  return `${head}${Number.isInteger(value) ? Math.floor(grown) : grown}`;
}
