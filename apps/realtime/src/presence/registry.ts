import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { PoolClient } from 'pg';
import type { Context } from '../context.ts';
import { chunk, type Fanout } from '../notifications/fanout.ts';
import type { PresenceStore } from './store.ts';

// Many users come and go at once; one statement writes them all.
const collectMs = 50;
const retryMs = 1_000;
// A notification has room for twice as many ids.
const usersPerNotification = 100;

/**
 * Creates the registry, which keeps the presence in the database like the hub's. It writes the
 * difference, not the events, and so recovers from an outage or a lost lease by itself.
 */
export function createPresenceRegistry(
  { hub, telemetry, settings, fanout }: Context,
  store: PresenceStore,
) {
  const publish = createPublish(fanout);
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let renewing: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let isStopped = false;

  function markChanged(userIds: readonly string[], delayMs = collectMs): void {
    for (const userId of userIds) changed.add(userId);
    if (isStopped) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      writing = context.with(ROOT_CONTEXT, write);
    }, delayMs).unref();
  }

  function retryLater(users: readonly string[], error: unknown): void {
    const fields = { users: users.length, err: error };
    telemetry.logger.warn({ event: 'presence_sync_failed', ...fields }, 'presence not written');
    markChanged(users, retryMs);
  }

  async function write(): Promise<void> {
    const users = [...changed];
    changed = new Set();
    const online = users.filter((userId) => hub.has(userId));
    const offline = users.filter((userId) => !hub.has(userId));
    if (users.length === 0) return;
    await store.write(online, offline, publish).catch((error) => retryLater(users, error));
  }

  async function renew(): Promise<void> {
    if (await store.renewLease()) markChanged(hub.users());
    await store.removeExpired(publish);
  }

  hub.onChange((userId) => markChanged([userId]));
  return {
    /** Resolves once this instance has its lease. */
    async start(): Promise<void> {
      await renew();
      const renewOrRetry = () => renew().catch((error) => retryLater([], error));
      renewing = setInterval(renewOrRetry, settings.presenceLeaseMs / 3).unref();
    },
    /** Takes all users of this instance offline. */
    async stop(): Promise<void> {
      isStopped = true;
      clearTimeout(timer);
      clearInterval(renewing);
      await writing;
      await store.endLease(publish);
    },
  };
}

function createPublish(fanout: Fanout) {
  return async (userIds: readonly string[], client: PoolClient): Promise<void> => {
    for (const part of chunk(userIds, usersPerNotification)) {
      await fanout.publish({ kind: 'presence', userIds: part }, client);
    }
  };
}
