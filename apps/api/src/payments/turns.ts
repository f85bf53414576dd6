/**
 * Creates the function that runs work for one key at a time, in the order of arrival: rivals that wait
 * cost nothing, those in the database each a connection and retries.
 */
export function createTurns() {
  const last = new Map<string, Promise<unknown>>();
  return async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const turn = last.get(key)?.then(work, work) ?? work();
    last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (last.get(key) === turn) last.delete(key);
    }
  };
}
