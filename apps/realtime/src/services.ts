import { randomUUID } from 'node:crypto';
import { createListener, createPublisher } from '@watchkeeper/galley';
import { createAcks } from './chat/acks.ts';
import { createChat } from './chat/chat.ts';
import { createDelivery, type Delivery } from './chat/delivery.ts';
import { createChatStore } from './chat/store.ts';
import { sweepUndelivered } from './chat/undelivered.ts';
import type { Connection } from './connections/connection.ts';
import type { Context, Dependencies } from './context.ts';
import { channels, createDispatch } from './notifications/dispatch.ts';
import { createFanout, type FanoutEvent } from './notifications/fanout.ts';
import { createOrderParties } from './orders/parties.ts';
import { createTracking, type Tracking } from './orders/tracking.ts';
import { createTyping, type Typing } from './orders/typing.ts';
import { createPresenceRegistry } from './presence/registry.ts';
import { createPresenceStore } from './presence/store.ts';
import { createPresenceWatch, type PresenceWatch } from './presence/watch.ts';

/** The services behind the hub's connections. */
export type Services = ReturnType<typeof createServices>;

/** Wires the services of one instance. */
export function createServices(dependencies: Dependencies) {
  const { pool, telemetry, channel } = dependencies;
  const instanceId = randomUUID();
  const context: Context = {
    ...dependencies,
    instanceId,
    fanout: createFanout(pool, instanceId),
    parties: createOrderParties(pool),
    publish: createPublisher(telemetry),
  };
  const tracking = createTracking(context);
  const typing = createTyping(context);
  const store = createChatStore(pool);
  const delivery = createDelivery(context, store);
  const acks = createAcks(context, store, delivery);
  const chat = createChat(context, store, delivery, acks);
  const presenceStore = createPresenceStore(context);
  const presence = createPresenceWatch(context, presenceStore);
  const registry = createPresenceRegistry(context, presenceStore);
  const listener = createReadyListener(context, { tracking, typing, delivery, presence });
  let stopSweep = () => {};
  return {
    ...{ channel, tracking, typing, chat, presence },
    /** Sends a new client what it missed. */
    async addClient(connection: Connection): Promise<void> {
      try {
        await delivery.catchUp(connection);
      } catch (error) {
        // The client stays connected; a resync sends the rest once the database is back.
        const fields = { event: 'catch_up_failed', err: error } as const;
        telemetry.logger.warn(fields, 'undelivered messages not read');
      }
    },
    /** Ends a client's subscriptions. */
    removeClient(connection: Connection): void {
      tracking.removeClient(connection);
      presence.removeClient(connection);
    },
    async start(): Promise<void> {
      await listener.start();
      await registry.start();
      stopSweep = sweepUndelivered(context);
    },
    /** Writes queued acknowledgements, and takes this instance's users offline. */
    async stop(): Promise<void> {
      stopSweep();
      acks.stop();
      await acks.settled();
      await registry.stop();
      await listener.stop();
    },
  };
}

interface Receivers {
  readonly tracking: Tracking;
  readonly typing: Typing;
  readonly delivery: Delivery;
  readonly presence: PresenceWatch;
}

/** The listener for notifications; `/ready` fails while it is disconnected. */
function createReadyListener(context: Context, receivers: Receivers) {
  const { databaseUrl, telemetry, instanceId } = context;
  const onNotification = createDispatch(telemetry, instanceId, {
    onOrder: receivers.tracking.handle,
    onFanout: (event, isOwn) => workFor(event, isOwn, receivers),
  });
  const listener = createListener(telemetry, {
    ...{ databaseUrl, applicationName: 'realtime listener', channels, onNotification },
    onReconnected: () => void resync(context, receivers),
  });
  telemetry.health.addCheck('listener', { isCritical: true }, async () => {
    if (!listener.isConnected) throw new Error('Expected the listener to be connected.');
  });
  return listener;
}

/** The work that an event of the fan-out causes on this instance. */
function workFor(event: FanoutEvent, isOwn: boolean, { typing, delivery, presence }: Receivers) {
  // Presence is the one kind that the sender has not delivered to its own connections.
  if (event.kind === 'presence') return presence.handleChange(event.userIds);
  if (isOwn) return undefined;
  switch (event.kind) {
    case 'message':
      return () => delivery.fetch(event);
    case 'receipts':
      return () => delivery.receipts(event.receipts);
    case 'typing': {
      const { to, orderId, userId, isTyping } = event;
      return () => typing.deliver(to, { orderId, userId, isTyping });
    }
  }
}

/** Reads what was missed while the listener was disconnected. */
async function resync({ telemetry }: Context, { tracking, delivery, presence }: Receivers) {
  const { logger } = telemetry;
  const startedAt = performance.now();
  try {
    const orders = await tracking.resync();
    const messages = await delivery.resync();
    await presence.resync();
    const durationMs = Math.round(performance.now() - startedAt);
    const fields = { orders, messages, duration_ms: durationMs };
    logger.info({ event: 'resync_completed', ...fields }, 'missed events read');
  } catch (error) {
    logger.warn({ event: 'resync_failed', err: error }, 'missed events not read');
  }
}
