import { checksum, createBytes } from './bytes.ts';

/** Samples in a chunk: what Prometheus itself cuts them into. */
export const chunkSamples = 120;

const xorEncoding = 1;
const mostLeadingZeros = 31;

/**
 * A chunk of samples at equal distances, in Prometheus' encoding, as it lies in a file of chunks.
 * Source: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/chunks.md
 */
export function encodeChunk(startMs: number, stepMs: number, values: Float64Array): Buffer {
  const data = encodeSamples(startMs, stepMs, values);
  const checked = Buffer.concat([Buffer.of(xorEncoding), data]);
  const bytes = createBytes();
  bytes.uvarint(data.length);
  bytes.raw(checked);
  bytes.fixed32(checksum(checked));
  return Buffer.from(bytes.since(0));
}

function encodeSamples(startMs: number, stepMs: number, values: Float64Array): Buffer {
  const bits = createBits();
  const [high, low] = halves(values);
  const times = createBytes();
  times.varint(startMs);
  times.uvarint(stepMs);
  const firstTime = lengthOfVarint(startMs);
  bits.write(values.length, 16);
  for (const byte of times.since(0).subarray(0, firstTime)) bits.write(byte, 8);
  bits.write(high(0), 32);
  bits.write(low(0), 32);
  const writeValue = createValueWriter(bits);
  for (let index = 1; index < values.length; index += 1) {
    if (index === 1) for (const byte of times.since(firstTime)) bits.write(byte, 8);
    // The distance is always the same: its change is a zero.
    else bits.write(0, 1);
    writeValue(high(index) ^ high(index - 1), low(index) ^ low(index - 1));
  }
  return bits.done();
}

function lengthOfVarint(value: number): number {
  const bytes = createBytes();
  bytes.varint(value);
  return bytes.length;
}

/** The upper and the lower 32 bits of each value. */
function halves(values: Float64Array): [(index: number) => number, (index: number) => number] {
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  return [
    (index) => view.getUint32(index * 8 + 4, true),
    (index) => view.getUint32(index * 8, true),
  ];
}

/** Writes how the bits of a value differ from those of the one before. */
function createValueWriter(bits: Bits): (high: number, low: number) => void {
  let leading = Number.POSITIVE_INFINITY;
  let trailing = 0;
  return (high, low) => {
    if ((high | low) === 0) return bits.write(0, 1);
    bits.write(1, 1);
    const zeros = Math.min(high === 0 ? 32 + Math.clz32(low) : Math.clz32(high), mostLeadingZeros);
    const zerosAfter = low === 0 ? 32 + trailingZeros(high) : trailingZeros(low);
    if (zeros >= leading && zerosAfter >= trailing) {
      bits.write(0, 1);
    } else {
      leading = zeros;
      trailing = zerosAfter;
      bits.write(1, 1);
      bits.write(leading, 5);
      // Of 64 there is only the lower part, 0.
      bits.write((64 - leading - trailing) % 64, 6);
    }
    const width = 64 - leading - trailing;
    const inHigh = Math.min(32 - leading, width);
    bits.write((high << leading) >>> (32 - inHigh), inHigh);
    if (width > inHigh) bits.write(low >>> (32 - (width - inHigh)), width - inHigh);
  };
}

function trailingZeros(value: number): number {
  return 31 - Math.clz32(value & -value);
}

interface Bits {
  /** The lowest bits of a number, the highest of them first; at most 32. */
  write(value: number, width: number): void;
  done(): Buffer;
}

function createBits(): Bits {
  // A sample takes at most 78 bits.
  const buffer = Buffer.alloc(chunkSamples * 10 + 64);
  let length = 0;
  return {
    write(value, width) {
      for (let left = width; left > 0; ) {
        const free = 8 - (length & 7);
        const taken = Math.min(free, left);
        const part = (value >>> (left - taken)) & ((1 << taken) - 1);
        buffer[length >> 3] = (buffer[length >> 3] ?? 0) | (part << (free - taken));
        length += taken;
        left -= taken;
      }
    },
    done: () => Buffer.from(buffer.subarray(0, (length + 7) >> 3)),
  };
}
