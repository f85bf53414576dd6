/** The value of a series at a sample, by the sample's number since 1970. */
export type Shape = (index: number) => number;

// More than any count of samples since 1970 needs, so that counters stay exact.
const stepsPerSample = 4;
const pageBytes = 4_096;
const baseBytes = 120_000_000;

// The seed makes the series of one kind differ.

/** Integers that only rise, faster at a higher `level`, as the buckets of a histogram do. */
export function counter(seed: number, level: number): Shape {
  return (index) =>
    (stepsPerSample * index + (chanceOf(seed, index) % (stepsPerSample + 1))) * (level + 1);
}

/** Small integers, such as the length of a queue. */
export function smallCount(seed: number): Shape {
  return (index) => chanceOf(seed, index) % 10;
}

/** Bytes in pages. */
export function bytes(seed: number): Shape {
  return (index) => baseBytes + (chanceOf(seed, index) % 2_048) * pageBytes;
}

/** A ratio with all of its digits: a recorded value hardly repeats. */
export function ratio(seed: number): Shape {
  return (index) => (chanceOf(seed, index) + chanceOf(seed + 1_000, index) / 2 ** 32) / 2 ** 32;
}

/** 32 pseudo-random bits. Source: the finalizer of MurmurHash3. */
function chanceOf(seed: number, index: number): number {
  let bits = Math.imul(seed + 1, 0x9e_37_79_b1) ^ (index % 2 ** 32) ^ Math.floor(index / 2 ** 32);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85_eb_ca_6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2_b2_ae_35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
