import { createListener, createPublisher, type Tokens } from '@watchkeeper/galley';
import type { Telemetry } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { createAcks } from './chat/acks.ts';
import { createChat } from './chat/chat.ts';
import { createDelivery, type Delivery } from './chat/delivery.ts';
import { createChatStore } from './chat/store.ts';
import { sweepUndelivered } from './chat/undelivered.ts';
import type { Settings } from './config.ts';
import type { Connection } from './connections/connection.ts';
import type { Hub } from './connections/hub.ts';
import type { RealtimeFaults } from './faults.ts';
import { channels, createDispatch } from './notifications/dispatch.ts';
import { createFanout, type FanoutEvent } from './notifications/fanout.ts';
import { createOrderParties } from './orders/parties.ts';
import { createTracking, type Tracking } from './orders/tracking.ts';
import { createTyping, type Typing } from './orders/typing.ts';
import { createPresenceRegistry } from './presence/registry.ts';
import { createPresenceStore } from './presence/store.ts';
import { createPresenceWatch, type PresenceWatch } from './presence/watch.ts';
import type { Channel } from './protocol/messages.ts';

export interface Dependencies {
  readonly pool: Pool;
  /** For the listener's own connection, outside the pool. */
  readonly databaseUrl: string;
  readonly telemetry: Telemetry;
  readonly tokens: Tokens;
  readonly settings: Settings;
  readonly hub: Hub;
  readonly channel: Channel;
  readonly faults: RealtimeFaults;
}

/** The services behind the hub's connections. */
export type Services = ReturnType<typeof createServices>;

/** Wires the services of one instance. */
export function createServices(dependencies: Dependencies, instanceId: string) {
  const { pool, telemetry, hub, channel, settings } = dependencies;
  const parties = createOrderParties(pool);
  const fanout = createFanout(pool, instanceId);
  const tracking = createTracking(parties, channel);
  const typing = createTyping({ hub, channel, fanout, parties });
  const store = createChatStore(pool);
  const publish = createPublisher(telemetry);
  const delivery = createDelivery(telemetry, { hub, channel, store });
  const acks = createAcks(telemetry, { store, fanout, delivery });
  const chat = createChat(telemetry, { channel, parties, store, fanout, delivery, acks, publish });
  const { presenceLeaseMs: leaseMs, notifyAfterMs } = settings;
  const presenceStore = createPresenceStore(pool, { instanceId, leaseMs });
  const presence = createPresenceWatch(channel, parties, presenceStore);
  const registryParts = { hub, fanout, store: presenceStore, leaseMs };
  const registry = createPresenceRegistry(telemetry, registryParts);
  const receivers = { tracking, typing, delivery, presence };
  const listener = createReadyListener(dependencies, instanceId, receivers);
  let stopSweep = () => {};
  return {
    ...{ channel, tracking, typing, chat, presence },
    /** Sends a new client what it missed. */
    addClient: (connection: Connection) => void catchUp(telemetry, delivery, connection),
    /** Ends a client's subscriptions. */
    removeClient(connection: Connection): void {
      tracking.removeClient(connection);
      presence.removeClient(connection);
    },
    async start(): Promise<void> {
      await listener.start();
      await registry.start();
      stopSweep = sweepUndelivered(telemetry, { pool, publish, notifyAfterMs });
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

type Receivers = {
  tracking: Tracking;
  typing: Typing;
  delivery: Delivery;
  presence: PresenceWatch;
};

/** The listener for notifications; `/ready` fails while it is disconnected. */
function createReadyListener(
  { databaseUrl, telemetry }: Dependencies,
  instanceId: string,
  receivers: Receivers,
) {
  const listener = createListener(telemetry, {
    ...{ databaseUrl, applicationName: 'realtime listener', channels },
    onNotification: createDispatch(
      telemetry,
      {
        onOrder: receivers.tracking.handle,
        onFanout: (event, isOwn) => workFor(event, isOwn, receivers),
      },
      instanceId,
    ),
    onReconnected: () => void resync(telemetry, receivers),
  });
  telemetry.health.addCheck('listener', { isCritical: true }, async () => {
    if (!listener.isConnected) throw new Error('Expected the listener to be connected.');
  });
  return listener;
}

/** The work that an event of the fan-out causes on this instance. */
function workFor(
  event: FanoutEvent,
  isOwn: boolean,
  { typing, delivery, presence }: Pick<Receivers, 'typing' | 'delivery' | 'presence'>,
) {
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

async function catchUp({ logger }: Telemetry, delivery: Delivery, connection: Connection) {
  try {
    await delivery.catchUp(connection);
  } catch (error) {
    // The client stays connected; a resync sends the rest once the database is back.
    logger.warn({ event: 'catch_up_failed', err: error }, 'undelivered messages not read');
  }
}

/** Reads what was missed while the listener was disconnected. */
async function resync({ logger }: Telemetry, { tracking, delivery, presence }: Receivers) {
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
