/** Questions that are being asked now. */
export interface Flights<T> {
  /** Joins the question of this key that is under way, or asks it. */
  join(key: string, ask: () => Promise<T>): { answer: Promise<T>; isFirst: boolean };
}

/** Makes a register in which a question is asked once, however many want to know. */
export function createFlights<T>(): Flights<T> {
  const flying = new Map<string, Promise<T>>();
  return {
    join(key, ask) {
      const existing = flying.get(key);
      if (existing !== undefined) return { answer: existing, isFirst: false };
      const answer = ask().finally(() => flying.delete(key));
      flying.set(key, answer);
      return { answer, isFirst: true };
    },
  };
}
