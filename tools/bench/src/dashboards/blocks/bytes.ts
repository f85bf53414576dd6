const initialBytes = 1 << 12;
const polynomial = 0x82f63b78;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
  }
  return remainder;
});

/** The checksum that Prometheus' files carry: CRC-32 with Castagnoli's polynomial. */
export function checksum(bytes: Uint8Array): number {
  let remainder = 0xff_ff_ff_ff;
  for (const byte of bytes) remainder = (table[(remainder ^ byte) & 0xff] ?? 0) ^ (remainder >>> 8);
  return (remainder ^ 0xff_ff_ff_ff) >>> 0;
}

/** Bytes that grow, in the encodings of Prometheus' files. */
export interface Bytes {
  readonly length: number;
  byte(value: number): void;
  /** Four or eight bytes, the highest first. */
  fixed32(value: number): void;
  fixed64(value: number): void;
  /** As many bytes as needed; below 2^53. */
  uvarint(value: number): void;
  varint(value: number): void;
  text(value: string): void;
  raw(value: Uint8Array): void;
  /** Zeros up to a multiple of so many bytes. */
  pad(multiple: number): void;
  /** What was written from there on. */
  since(start: number): Buffer;
}

/** Makes an empty one. */
export function createBytes(): Bytes {
  let buffer = Buffer.alloc(initialBytes);
  let length = 0;
  function reserve(more: number): void {
    if (length + more <= buffer.length) return;
    const larger = Buffer.alloc(Math.max(buffer.length * 2, length + more));
    buffer.copy(larger, 0, 0, length);
    buffer = larger;
  }
  const bytes: Bytes = {
    get length() {
      return length;
    },
    byte(value) {
      reserve(1);
      buffer[length] = value;
      length += 1;
    },
    fixed32(value) {
      reserve(4);
      length = buffer.writeUInt32BE(value, length);
    },
    fixed64(value) {
      bytes.fixed32(Math.floor(value / 2 ** 32));
      bytes.fixed32(value % 2 ** 32);
    },
    uvarint(value) {
      let rest = value;
      for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.byte((rest % 0x80) | 0x80);
      bytes.byte(rest);
    },
    varint: (value) => bytes.uvarint(value < 0 ? -2 * value - 1 : 2 * value),
    text(value) {
      const encoded = Buffer.from(value);
      bytes.uvarint(encoded.length);
      bytes.raw(encoded);
    },
    raw(value) {
      reserve(value.length);
      buffer.set(value, length);
      length += value.length;
    },
    pad(multiple) {
      while (length % multiple !== 0) bytes.byte(0);
    },
    since: (start) => buffer.subarray(start, length),
  };
  return bytes;
}
