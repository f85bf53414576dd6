import type { Connection } from './connection.ts';

/** Creates an index of connections by what they follow: an order, or another user. */
export function createSubscribers() {
  const byKey = new Map<string, Set<Connection>>();
  return {
    has: (key: string) => byKey.has(key),
    keys: () => [...byKey.keys()],
    /** A copy, so that the caller may remove connections while it iterates. */
    of: (key: string): readonly Connection[] => [...(byKey.get(key) ?? [])],
    add(key: string, connection: Connection): void {
      byKey.set(key, (byKey.get(key) ?? new Set()).add(connection));
    },
    remove(key: string, connection: Connection): void {
      const connections = byKey.get(key);
      connections?.delete(connection);
      if (connections?.size === 0) byKey.delete(key);
    },
  };
}
