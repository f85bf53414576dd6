import type { ShippedLine } from './lines.ts';

// Loki passes a batch on to itself in one message of at most four megabytes.
const maxBatchLines = 5_000;
const concurrency = 4;
// It accepts a line that is at most an hour older than the stream's newest; pushes overtake each other.
const maxSpanMs = 30 * 60_000;
const nanosecondsPerMs = 1_000_000n;

/** Sends that many lines, repeating the templates, evenly over a span; resolves to the totals. */
export async function fillLoki(
  loki: string,
  templates: readonly ShippedLine[],
  { count, from, to }: { readonly count: number; readonly from: number; readonly to: number },
): Promise<{ lines: number; bytes: number }> {
  const streams = templates.map((template) => ({
    ...template,
    key: JSON.stringify(template.labels),
  }));
  const stepMs = (to - from) / count;
  const linesInFlight = Math.max(concurrency, maxSpanMs / stepMs);
  const batchLines = Math.min(maxBatchLines, Math.floor(linesInFlight / concurrency));
  let sent = 0;
  let bytes = 0;
  async function work(): Promise<void> {
    while (sent < count) {
      const first = sent;
      sent = Math.min(count, first + batchLines);
      const values = new Map<string, unknown[]>();
      for (let index = first; index < sent; index += 1) {
        const { key, text, metadata } = streams[index % streams.length] ?? streams[0] ?? never();
        // Milliseconds would neither distinguish lines nor keep their order.
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
  await Promise.all(Array.from({ length: concurrency }, work));
  return { lines: sent, bytes };
}

async function push(loki: string, values: ReadonlyMap<string, unknown[]>): Promise<void> {
  const streams = [...values].map(([key, lines]) => ({ stream: JSON.parse(key), values: lines }));
  const response = await fetch(`${loki}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ streams }),
  });
  if (!response.ok) throw new Error(`Expected Loki to accept lines, got: ${await response.text()}`);
}

function never(): never {
  throw new Error('Expected lines to send, got none.');
}
