import { HttpError } from '@watchkeeper/telemetry';
import type { Connection } from '../connections/connection.ts';
import { createSubscribers } from '../connections/subscribers.ts';
import type { Context } from '../context.ts';
import type { PresenceState } from '../protocol/messages.ts';
import type { PresenceStore } from './store.ts';

// More people than anybody has orders with at once.
const maxWatched = 200;

export type PresenceWatch = ReturnType<typeof createPresenceWatch>;

/** Creates the service that sends clients the presence of users who share an order with them. */
export function createPresenceWatch({ channel, parties }: Context, store: PresenceStore) {
  const watchers = createSubscribers();

  function add(connection: Connection, userId: string): void {
    if (connection.watched.has(userId)) return;
    if (connection.watched.size >= maxWatched) {
      const message = `Expected at most ${maxWatched} watched users. Reconnect to watch others.`;
      throw new HttpError(409, message, { code: 'too_many_watched' });
    }
    connection.watched.set(userId, undefined);
    watchers.add(userId, connection);
  }

  function sendState(connection: Connection, state: PresenceState): void {
    connection.watched.set(state.userId, state.status);
    connection.send(channel.encode('presence', state));
  }

  async function refresh(userIds: readonly string[]): Promise<void> {
    for (const state of await store.statesOf(userIds)) {
      for (const connection of watchers.of(state.userId)) {
        if (connection.watched.get(state.userId) !== state.status) sendState(connection, state);
      }
    }
  }

  return {
    /** Answers at once, and then whenever the presence changes. */
    async query(connection: Connection, userIds: readonly string[]): Promise<void> {
      const allowed = await parties.counterpartsOf(connection.caller.userId, userIds);
      if (!userIds.every((userId) => allowed.has(userId))) {
        const message = 'Expected every user to share an order with you.';
        throw new HttpError(403, message, { code: 'not_a_counterpart' });
      }
      if (!connection.isOpen) return;
      for (const userId of allowed) add(connection, userId);
      for (const state of await store.statesOf([...allowed])) {
        if (connection.isOpen) sendState(connection, state);
      }
    },
    /** The work that changed users cause; none if nobody here watches them. */
    handleChange(userIds: readonly string[]): (() => Promise<void>) | undefined {
      const watched = userIds.filter((userId) => watchers.has(userId));
      return watched.length === 0 ? undefined : () => refresh(watched);
    },
    resync: () => refresh(watchers.keys()),
    removeClient(connection: Connection): void {
      for (const userId of connection.watched.keys()) watchers.remove(userId, connection);
      connection.watched.clear();
    },
  };
}
