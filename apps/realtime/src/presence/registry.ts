import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Telemetry } from '@watchkeeper/telemetry';
import type { PoolClient } from 'pg';
import type { Hub } from '../connections/hub.ts';
import { type Fanout, inParts } from '../notifications/fanout.ts';
import type { PresenceStore } from './store.ts';

/** Keeps the database's view of who is here like the hub's. */
export interface PresenceRegistry {
  /** Resolves once this instance has its lease. */
  start(): Promise<void>;
  /** Takes all users of this instance offline. */
  stop(): Promise<void>;
}

// Many come and go at once; one statement takes them all.
const collectMs = 50;
const retryMs = 1_000;
// A notification has room for twice as many ids.
const usersPerNotification = 100;

/**
 * Makes the registry. It compares and writes what differs, instead of writing what happened: after
 * a database that was away, or a lease that was lost, it is right again by itself.
 */
export function createPresenceRegistry(
  { logger }: Telemetry,
  { hub, fanout, store, leaseMs }: RegistryParts,
): PresenceRegistry {
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let renewing: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let isStopped = false;

  async function tell(userIds: readonly string[], client: PoolClient): Promise<void> {
    for (const part of inParts(userIds, usersPerNotification)) {
      await fanout.publish({ kind: 'presence', userIds: part }, client);
    }
  }

  function schedule(delayMs: number): void {
    if (isStopped) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      writing = context.with(ROOT_CONTEXT, write);
    }, delayMs).unref();
  }

  async function write(): Promise<void> {
    const users = [...changed];
    changed = new Set();
    try {
      const online = users.filter((userId) => hub.has(userId));
      const offline = users.filter((userId) => !hub.has(userId));
      if (users.length > 0) await store.write({ online, offline }, tell);
    } catch (error) {
      giveBack(users, error);
    }
  }

  function giveBack(users: readonly string[], error: unknown): void {
    const fields = { users: users.length, err: error };
    logger.warn({ event: 'presence_sync_failed', ...fields }, 'presence not written');
    for (const userId of users) changed.add(userId);
    schedule(retryMs);
  }

  function mark(userId: string): void {
    changed.add(userId);
    schedule(collectMs);
  }

  async function renew(): Promise<void> {
    if (await store.renewLease()) for (const userId of hub.users()) mark(userId);
    await store.removeExpired(tell);
  }

  hub.onChange(mark);
  return {
    async start() {
      await renew();
      renewing = setInterval(() => renew().catch((error) => giveBack([], error)), leaseMs / 3);
      renewing.unref();
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      clearInterval(renewing);
      await writing;
      await store.endLease(tell);
    },
  };
}

interface RegistryParts {
  readonly hub: Hub;
  readonly fanout: Fanout;
  readonly store: PresenceStore;
  readonly leaseMs: number;
}
