import { type Bytes, checksum, createBytes } from './bytes.ts';

const magic = 0xba_aa_d7_00;
const version = 2;
const seriesAlignment = 16;

/** Where a chunk lies, and what time it covers. */
export interface ChunkPlace {
  readonly minTime: number;
  readonly maxTime: number;
  readonly offset: number;
}

/** A series by its labels, in the order of their names, the metric's name among them. */
export interface IndexedSeries {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly chunks: readonly ChunkPlace[];
}

type PostingsByLabel = Map<string, Map<string, number[]>>;

/**
 * The index of a block; the series must be in the order of their labels.
 * Source: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/index.md
 */
export function encodeIndex(series: readonly IndexedSeries[]): Buffer {
  const bytes = createBytes();
  bytes.fixed32(magic);
  bytes.byte(version);
  const symbolsAt = bytes.length;
  const symbols = writeSymbols(bytes, series);
  bytes.pad(seriesAlignment);
  const seriesAt = bytes.length;
  const postings = writeSeries(bytes, series, symbols);
  bytes.pad(4);
  const postingsAt = bytes.length;
  const offsets = writePostings(bytes, postings);
  const tableAt = bytes.length;
  writePostingsTable(bytes, offsets);
  const contentsAt = bytes.length;
  // The two about label values are no longer read, and empty.
  for (const at of [symbolsAt, seriesAt, postingsAt, postingsAt, postingsAt, tableAt]) {
    bytes.fixed64(at);
  }
  bytes.fixed32(checksum(bytes.since(contentsAt)));
  return bytes.since(0);
}

function writeSymbols(bytes: Bytes, series: readonly IndexedSeries[]): ReadonlyMap<string, number> {
  const sorted = [...new Set(series.flatMap(({ labels }) => labels.flat()))].sort(byBytes);
  writeSection(bytes, (section) => {
    section.fixed32(sorted.length);
    for (const symbol of sorted) section.text(symbol);
  });
  return new Map(sorted.map((symbol, index) => [symbol, index]));
}

function writeSeries(
  bytes: Bytes,
  series: readonly IndexedSeries[],
  symbols: ReadonlyMap<string, number>,
): PostingsByLabel {
  const postings: PostingsByLabel = new Map([['', new Map([['', []]])]]);
  for (const { labels, chunks } of series) {
    bytes.pad(seriesAlignment);
    const reference = bytes.length / seriesAlignment;
    const content = createBytesFor(labels, chunks, symbols);
    bytes.uvarint(content.length);
    bytes.raw(content);
    bytes.fixed32(checksum(content));
    for (const [name, value] of [['', ''] as const, ...labels]) {
      const byValue = postings.get(name) ?? new Map<string, number[]>();
      postings.set(name, byValue);
      const references = byValue.get(value);
      if (references === undefined) byValue.set(value, [reference]);
      else references.push(reference);
    }
  }
  return postings;
}

function createBytesFor(
  labels: IndexedSeries['labels'],
  chunks: readonly ChunkPlace[],
  symbols: ReadonlyMap<string, number>,
): Buffer {
  const content = createBytes();
  content.uvarint(labels.length);
  for (const symbol of labels.flat()) content.uvarint(symbols.get(symbol) ?? 0);
  content.uvarint(chunks.length);
  let before: ChunkPlace | undefined;
  for (const chunk of chunks) {
    if (before === undefined) content.varint(chunk.minTime);
    else content.uvarint(chunk.minTime - before.maxTime);
    content.uvarint(chunk.maxTime - chunk.minTime);
    if (before === undefined) content.uvarint(chunk.offset);
    else content.varint(chunk.offset - before.offset);
    before = chunk;
  }
  return content.since(0);
}

type Offset = readonly [name: string, value: string, at: number];

function writePostings(bytes: Bytes, postings: PostingsByLabel): Offset[] {
  const offsets: Offset[] = [];
  for (const [name, byValue] of [...postings].sort(([a], [b]) => byBytes(a, b))) {
    for (const [value, references] of [...byValue].sort(([a], [b]) => byBytes(a, b))) {
      bytes.pad(4);
      offsets.push([name, value, bytes.length]);
      writeSection(bytes, (section) => {
        section.fixed32(references.length);
        for (const reference of references) section.fixed32(reference);
      });
    }
  }
  return offsets;
}

function writePostingsTable(bytes: Bytes, offsets: readonly Offset[]): void {
  writeSection(bytes, (section) => {
    section.fixed32(offsets.length);
    for (const [name, value, at] of offsets) {
      // So many texts follow.
      section.byte(2);
      section.text(name);
      section.text(value);
      section.uvarint(at);
    }
  });
}

/** Its length, what is in it, and a checksum. */
function writeSection(bytes: Bytes, write: (section: Bytes) => void): void {
  const section = createBytes();
  write(section);
  const content = section.since(0);
  bytes.fixed32(content.length);
  bytes.raw(content);
  bytes.fixed32(checksum(content));
}

/** The order of Go's strings. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
