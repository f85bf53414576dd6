import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { byBytes, type ChunkPlace, encodeIndex, type IndexedSeries } from './block-index.ts';
import { chunkSamples, encodeChunk } from './chunk.ts';
import { type Shape, valuesOf } from './shape.ts';

/** A series to be written. */
export interface WrittenSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly stepMs: number;
  readonly shape: Shape;
}

/** A span of time, from the first to before the last, in milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** How much was written. */
export interface Written {
  readonly samples: number;
  readonly bytes: number;
}

const magic = 0x85_bd_40_dd;
const flushBytes = 1 << 22;
// A place in a file of chunks has 32 bits.
const mostBytes = 2 ** 32;

/** Writes series over a span as a block of Prometheus into its folder of data. */
export function writeBlock(folder: string, span: Span, series: readonly WrittenSeries[]): Written {
  const id = blockId(span.from);
  const chunks = join(folder, id, 'chunks');
  mkdirSync(chunks, { recursive: true });
  const framesOf = createFrames(span);
  const file = openAppending(join(chunks, '000001'));
  const indexed: IndexedSeries[] = [];
  let samples = 0;
  let numChunks = 0;
  for (const { labels, stepMs, shape } of series) {
    const places: ChunkPlace[] = [];
    for (const { minTime, maxTime, frame } of framesOf(shape, stepMs)) {
      places.push({ minTime, maxTime, offset: file.append(frame) });
      samples += (maxTime - minTime) / stepMs + 1;
      numChunks += 1;
    }
    indexed.push({ labels: inOrder(labels), chunks: places });
  }
  const index = encodeIndex(indexed);
  const bytes = file.close() + index.length;
  writeFileSync(join(folder, id, 'index'), index);
  const stats = { numSamples: samples, numSeries: series.length, numChunks };
  const compaction = { level: 1, sources: [id] };
  const meta = { ulid: id, minTime: span.from, maxTime: span.to, stats, compaction, version: 1 };
  writeFileSync(join(folder, id, 'meta.json'), JSON.stringify(meta));
  return { samples, bytes };
}

/** Series in the order in which a block holds them. */
export function sortSeries(series: readonly WrittenSeries[]): WrittenSeries[] {
  const keyed = series.map((one) => ({ one, key: inOrder(one.labels).flat() }));
  return keyed.sort((a, b) => compareTexts(a.key, b.key)).map(({ one }) => one);
}

function compareTexts(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const order = byBytes(a[index] ?? '', b[index] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function inOrder(labels: WrittenSeries['labels']): [string, string][] {
  return Object.entries(labels).sort(([a], [b]) => byBytes(a, b));
}

interface Frame {
  readonly minTime: number;
  readonly maxTime: number;
  readonly frame: Buffer;
}

/** The chunks of a shape, encoded once: series of one shape have the same values. */
function createFrames({ from, to }: Span): (shape: Shape, stepMs: number) => readonly Frame[] {
  const known = new Map<string, Frame[]>();
  return (shape, stepMs) => {
    const key = JSON.stringify([shape, stepMs]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const frames: Frame[] = [];
    const length = chunkSamples * stepMs;
    for (let minTime = from; minTime < to; minTime += length) {
      // No chunk reaches into the next block.
      const count = Math.min(chunkSamples, (to - minTime) / stepMs);
      const frame = encodeChunk(minTime, stepMs, valuesOf(shape, minTime / stepMs, count));
      frames.push({ minTime, maxTime: minTime + (count - 1) * stepMs, frame });
    }
    known.set(key, frames);
    return frames;
  };
}

function openAppending(path: string) {
  const descriptor = openSync(path, 'w');
  let length = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  function append(bytes: Buffer): number {
    const at = length;
    waiting.push(bytes);
    waitingBytes += bytes.length;
    length += bytes.length;
    if (waitingBytes >= flushBytes) flush();
    return at;
  }
  function flush(): void {
    writeSync(descriptor, Buffer.concat(waiting));
    waiting = [];
    waitingBytes = 0;
  }
  const head = Buffer.alloc(8);
  head.writeUInt32BE(magic);
  head[4] = 1;
  append(head);
  return {
    append,
    close() {
      flush();
      closeSync(descriptor);
      if (length > mostBytes) throw new Error(`Expected ${path} below 4 GiB, got ${length} bytes.`);
      return length;
    },
  };
}

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A name for a block as Prometheus wants it: ten characters of time, sixteen of chance. */
function blockId(timeMs: number): string {
  let time = '';
  for (let rest = timeMs; time.length < 10; rest = Math.floor(rest / 32)) {
    time = `${alphabet[rest % 32]}${time}`;
  }
  const chance = [...randomBytes(16)].map((byte) => alphabet[byte % 32]);
  return `${time}${chance.join('')}`;
}
