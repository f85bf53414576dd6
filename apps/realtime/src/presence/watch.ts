import { HttpError } from '@watchkeeper/telemetry';
import type { Connection } from '../connections/connection.ts';
import type { OrderParties } from '../orders/parties.ts';
import type { Channel } from '../protocol/channel.ts';
import type { PresenceState } from '../protocol/messages.ts';
import type { PresenceStore } from './store.ts';

/** Tells clients whether those are there with whom they have an order in common. */
export interface PresenceWatch {
  /** Answers at once, and from now on whenever it changes. */
  query(connection: Connection, userIds: readonly string[]): Promise<void>;
  /** What is to be done about users that came or went; nothing where nobody here watches them. */
  changed(userIds: readonly string[]): (() => Promise<void>) | undefined;
  resync(): Promise<void>;
  forget(connection: Connection): void;
}

// More people than anybody has orders with at once.
const maxWatched = 200;

/** Makes the watch. */
export function createPresenceWatch({
  channel,
  parties,
  store,
}: {
  readonly channel: Channel;
  readonly parties: OrderParties;
  readonly store: PresenceStore;
}): PresenceWatch {
  const watchers = new Map<string, Set<Connection>>();

  function add(connection: Connection, userId: string): void {
    if (connection.watched.has(userId)) return;
    if (connection.watched.size >= maxWatched) throw tooMany();
    connection.watched.set(userId, undefined);
    watchers.set(userId, (watchers.get(userId) ?? new Set()).add(connection));
  }

  function tell(connection: Connection, state: PresenceState): void {
    connection.watched.set(state.userId, state.status);
    connection.send(channel.encode('presence', state));
  }

  async function refresh(userIds: readonly string[]): Promise<void> {
    for (const state of await store.statesOf(userIds)) {
      for (const connection of watchers.get(state.userId) ?? []) {
        if (connection.watched.get(state.userId) !== state.status) tell(connection, state);
      }
    }
  }

  return {
    async query(connection, userIds) {
      const allowed = await parties.counterpartsOf(connection.caller.userId, userIds);
      if (!userIds.every((userId) => allowed.has(userId))) throw notAllowed();
      if (!connection.isOpen) return;
      for (const userId of allowed) add(connection, userId);
      for (const state of await store.statesOf([...allowed])) {
        if (connection.isOpen) tell(connection, state);
      }
    },
    changed(userIds) {
      const watched = userIds.filter((userId) => watchers.has(userId));
      return watched.length === 0 ? undefined : () => refresh(watched);
    },
    resync: () => refresh([...watchers.keys()]),
    forget(connection) {
      for (const userId of connection.watched.keys()) {
        const set = watchers.get(userId);
        set?.delete(connection);
        if (set?.size === 0) watchers.delete(userId);
      }
      connection.watched.clear();
    },
  };
}

function notAllowed(): HttpError {
  const message = 'Expected users with whom you have an order, got another.';
  return new HttpError(403, message, { code: 'not_a_counterpart' });
}

function tooMany(): HttpError {
  const message = `Expected at most ${maxWatched} users to watch. Connect anew to watch others.`;
  return new HttpError(409, message, { code: 'too_many_watched' });
}
