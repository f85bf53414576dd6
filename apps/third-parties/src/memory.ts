/** Remembers the newest, up to a number. */
export interface Memory<T> {
  add(key: string, value: T): void;
  get(key: string): T | undefined;
  /** Everything, newest first. */
  list(): readonly T[];
}

/** Makes a memory of at most `capacity` entries: the oldest one makes room for a new one. */
export function createMemory<T>(capacity: number): Memory<T> {
  const entries = new Map<string, T>();
  return {
    add(key, value) {
      entries.delete(key);
      entries.set(key, value);
      const [oldest] = entries.keys();
      if (entries.size > capacity && oldest !== undefined) entries.delete(oldest);
    },
    get: (key) => entries.get(key),
    list: () => [...entries.values()].reverse(),
  };
}
