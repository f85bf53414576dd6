import type { Telemetry } from '@watchkeeper/telemetry';
import type { Dependencies } from './app.ts';
import { createAcks } from './chat/acks.ts';
import { type Chat, createChat } from './chat/chat.ts';
import { createDelivery, type Delivery } from './chat/delivery.ts';
import { createPublisher } from './chat/outbox.ts';
import { createChatStore } from './chat/store.ts';
import { watchUndelivered } from './chat/undelivered.ts';
import type { Connection } from './connections/connection.ts';
import { channels, createDispatch } from './notifications/dispatch.ts';
import { createFanout, type FanoutEvent } from './notifications/fanout.ts';
import { createListener } from './notifications/listener.ts';
import { createOrderParties } from './orders/parties.ts';
import { createTracking, type Tracking } from './orders/tracking.ts';
import { createTyping, type Typing } from './orders/typing.ts';
import { createPresenceRegistry } from './presence/registry.ts';
import { createPresenceStore } from './presence/store.ts';
import { createPresenceWatch, type PresenceWatch } from './presence/watch.ts';
import type { Channel } from './protocol/channel.ts';

/** What the hub's connections are served by. */
export interface Services {
  readonly channel: Channel;
  readonly tracking: Tracking;
  readonly typing: Typing;
  readonly chat: Chat;
  readonly presence: PresenceWatch;
  /** Brings a client that has just come up to date. */
  greet(connection: Connection): void;
  /** Forgets what a client that went wanted to hear. */
  forget(connection: Connection): void;
  start(): Promise<void>;
  /** Writes what is still to be written, and takes this instance's users offline. */
  stop(): Promise<void>;
}

/** Wires the services of one instance. */
export function createServices(dependencies: Dependencies, instanceId: string): Services {
  const { pool, telemetry, hub, channel, settings } = dependencies;
  const parties = createOrderParties(pool);
  const fanout = createFanout(pool, instanceId);
  const tracking = createTracking(parties, channel);
  const typing = createTyping({ hub, channel, fanout, parties, tracking });
  const store = createChatStore(pool);
  const publish = createPublisher(telemetry);
  const delivery = createDelivery(telemetry, { hub, channel, store });
  const acks = createAcks(telemetry, { store, fanout, delivery });
  const chat = createChat(telemetry, { channel, parties, store, fanout, delivery, acks, publish });
  const leaseMs = settings.presenceLeaseMs;
  const presenceStore = createPresenceStore(pool, { instanceId, leaseMs });
  const presence = createPresenceWatch({ channel, parties, store: presenceStore });
  const registry = createPresenceRegistry(telemetry, {
    hub,
    fanout,
    store: presenceStore,
    leaseMs,
  });
  const heard = { tracking, typing, delivery, presence };
  const listener = createListener(telemetry, {
    databaseUrl: dependencies.databaseUrl,
    channels,
    onNotification: createDispatch(
      telemetry,
      { onOrder: tracking.handle, onFanout: (event, isOwn) => workOf(heard, event, isOwn) },
      instanceId,
    ),
    onReconnected: () => void resync(telemetry, heard),
  });
  let stopSweep = () => {};
  return {
    ...{ channel, tracking, typing, chat, presence },
    greet: (connection) => void catchUp(telemetry, delivery, connection),
    forget(connection) {
      tracking.forget(connection);
      presence.forget(connection);
    },
    async start() {
      await listener.start();
      await registry.start();
      stopSweep = watchUndelivered(telemetry, {
        pool,
        publish,
        notifyAfterMs: settings.notifyAfterMs,
      });
    },
    async stop() {
      stopSweep();
      acks.stop();
      await acks.settled();
      await registry.stop();
      await listener.stop();
    },
  };
}

type Heard = { tracking: Tracking; typing: Typing; delivery: Delivery; presence: PresenceWatch };

/** What an event of the fan-out asks of this instance. */
function workOf({ typing, delivery, presence }: Heard, event: FanoutEvent, isOwn: boolean) {
  // Presence alone is not told to the own connections by whoever changes it.
  if (event.kind === 'presence') return presence.changed(event.userIds);
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

async function catchUp({ logger }: Telemetry, delivery: Delivery, connection: Connection) {
  try {
    await delivery.catchUp(connection);
  } catch (error) {
    // The client has its connection; what it lacks comes once the database is back.
    logger.warn({ event: 'catch_up_failed', err: error }, 'undelivered messages not read');
  }
}

/** After a time in which nothing could be heard. */
async function resync({ logger }: Telemetry, { tracking, delivery, presence }: Heard) {
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
