/** How the values of a series change over time; `seed` makes those of one kind differ. */
export type Shape =
  | { readonly kind: 'constant'; readonly value: number }
  /** Integers that only rise, faster at a higher `level`, as the buckets of a histogram do. */
  | { readonly kind: 'counter'; readonly seed: number; readonly level: number }
  /** Small integers, such as the length of a queue. */
  | { readonly kind: 'count'; readonly seed: number }
  /** Bytes in pages. */
  | { readonly kind: 'bytes'; readonly seed: number }
  /** A ratio with all of its digits: a recorded value hardly repeats. */
  | { readonly kind: 'share'; readonly seed: number };

// More than any count of samples since 1970 needs, so that counters stay exact.
const stepsPerSample = 4;
const pageBytes = 4_096;
const baseBytes = 120_000_000;

/** The values from the `first` sample since 1970 on; the same arguments give the same values. */
export function valuesOf(shape: Shape, first: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => valueAt(shape, first + index));
}

function valueAt(shape: Shape, index: number): number {
  if (shape.kind === 'constant') return shape.value;
  const chance = chanceOf(shape.seed, index);
  switch (shape.kind) {
    case 'counter':
      return (stepsPerSample * index + (chance % (stepsPerSample + 1))) * (shape.level + 1);
    case 'count':
      return chance % 10;
    case 'bytes':
      return baseBytes + (chance % 2_048) * pageBytes;
    case 'share':
      return (chance + chanceOf(shape.seed + 1_000, index) / 2 ** 32) / 2 ** 32;
  }
}

/** 32 pseudo-random bits. Source: the finalizer of MurmurHash3. */
function chanceOf(seed: number, index: number): number {
  let bits = Math.imul(seed + 1, 0x9e_37_79_b1) ^ (index % 2 ** 32) ^ Math.floor(index / 2 ** 32);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85_eb_ca_6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2_b2_ae_35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
