import type { ShippedLine } from './lines.ts';

/** What a Loki was given. */
export interface Filled {
  readonly lines: number;
  readonly bytes: number;
}

// Loki hands a batch on to itself in one message, of four megabytes at most.
const maxBatchLines = 5_000;
const pushesAtATime = 4;
// It takes a line of a stream an hour later than the next one at most; pushes overtake each other.
const maxSpanMs = 30 * 60_000;
const nanosecondsPerMs = 1_000_000n;

/** Sends so many lines, those of a running system again and again, evenly over a span of time. */
export async function fillLoki(
  loki: string,
  templates: readonly ShippedLine[],
  { count, from, to }: { readonly count: number; readonly from: number; readonly to: number },
): Promise<Filled> {
  const streams = streamsOf(templates);
  const stepMs = (to - from) / count;
  const linesAtATime = Math.max(pushesAtATime, maxSpanMs / stepMs);
  const batchLines = Math.min(maxBatchLines, Math.floor(linesAtATime / pushesAtATime));
  let sent = 0;
  let bytes = 0;
  async function work(): Promise<void> {
    while (sent < count) {
      const first = sent;
      sent = Math.min(count, first + batchLines);
      const values = new Map<string, unknown[]>();
      for (let index = first; index < sent; index += 1) {
        const { key, text, metadata } = streams[index % streams.length] ?? streams[0] ?? never();
        // Milliseconds are not enough to tell lines apart, and to keep their order.
        const time =
          BigInt(Math.floor(from + index * stepMs)) * nanosecondsPerMs + BigInt(index % 1e6);
        const ofStream = values.get(key) ?? [];
        values.set(key, ofStream);
        ofStream.push([String(time), text, metadata]);
        bytes += text.length;
      }
      await push(loki, values);
    }
  }
  await Promise.all(Array.from({ length: pushesAtATime }, work));
  return { lines: sent, bytes };
}

function streamsOf(templates: readonly ShippedLine[]) {
  return templates.map(({ labels, metadata, text }) => ({
    key: JSON.stringify(labels),
    metadata,
    text,
  }));
}

async function push(loki: string, values: ReadonlyMap<string, unknown[]>): Promise<void> {
  const streams = [...values].map(([key, lines]) => ({ stream: JSON.parse(key), values: lines }));
  const response = await fetch(`${loki}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ streams }),
  });
  if (!response.ok) throw new Error(`Expected Loki to take lines, got: ${await response.text()}`);
}

function never(): never {
  throw new Error('Expected lines to send, got none.');
}
