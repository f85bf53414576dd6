/** Random choices that are reproducible by seed. */
export interface Random {
  /** From 0 up to but not including 1. */
  next(): number;
  isChance(share: number): boolean;
  /** Both bounds included. */
  integer(min: number, max: number): number;
  /** @throws RangeError for an empty list */
  pick<T>(items: readonly T[]): T;
}

/**
 * The choices of one visit. Each visit has its own, so that the order of responses changes nothing.
 * Source: mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
 */
export function createRandom(seed: number, visit: number): Random {
  // Odd constants separate neighbours: visit 2 of seed 1 is not visit 1 of seed 2.
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(visit, 0x85ebca6b)) >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  const integer = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    integer,
    isChance: (share) => next() < share,
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new RangeError('Expected a list with items, got an empty one.');
      return items[integer(0, items.length - 1)] as T;
    },
  };
}
