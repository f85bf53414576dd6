import { HttpError } from '@watchkeeper/telemetry';
import { z } from 'zod';
import type { Connection } from '../connections/connection.ts';
import type { Channel } from '../protocol/channel.ts';
import { findOrderForParty, isParty, type OrderParties, type TrackedOrder } from './parties.ts';
import type { Subscription } from './subscription.ts';

/** A notification of the api on the channel `order_events`; some fields may be absent. */
export const orderEvent = z.object({
  orderId: z.uuid(),
  customerId: z.uuid(),
  courierId: z.uuid().optional(),
  status: z.string().max(40).optional(),
  version: z.number().int().optional(),
});

type OrderEvent = z.output<typeof orderEvent>;

export type Tracking = ReturnType<typeof createTracking>;

// More than anybody has under way at once.
const maxSubscriptions = 50;

/** Creates the service that sends clients the status of the orders they subscribe to. */
export function createTracking(parties: OrderParties, channel: Channel) {
  const subscribers = new Map<string, Set<Connection>>();

  function add(connection: Connection, orderId: string): Subscription {
    const existing = connection.subscriptions.get(orderId);
    if (existing !== undefined) return existing;
    if (connection.subscriptions.size >= maxSubscriptions) throw tooManySubscriptions();
    const typing = { isTyping: false, sentAt: Number.NEGATIVE_INFINITY };
    const subscription = { orderId, customerId: '', courierId: undefined, version: 0, typing };
    connection.subscriptions.set(orderId, subscription);
    subscribers.set(orderId, (subscribers.get(orderId) ?? new Set()).add(connection));
    return subscription;
  }

  function remove(connection: Connection, orderId: string): void {
    connection.subscriptions.delete(orderId);
    const set = subscribers.get(orderId);
    set?.delete(connection);
    if (set?.size === 0) subscribers.delete(orderId);
  }

  /** Sends a status newer than the last one; unsubscribes a client that is no longer a party. */
  function sendStatus(connection: Connection, order: TrackedOrder): void {
    const subscription = connection.subscriptions.get(order.orderId);
    if (subscription === undefined) return;
    if (!isParty(order, connection.caller.userId)) {
      remove(connection, order.orderId);
      connection.send(channel.encode('error', noLongerParty));
      return;
    }
    const { orderId, customerId, courierId, status, version } = order;
    const isChanged = version > subscription.version || courierId !== subscription.courierId;
    if (version < subscription.version || !isChanged) return;
    Object.assign(subscription, { customerId, courierId, version });
    const courier = courierId === undefined ? {} : { courierId };
    connection.send(channel.encode('order.status', { orderId, status, version, ...courier }));
  }

  function sendToSubscribers(order: TrackedOrder): void {
    const connections = subscribers.get(order.orderId) ?? [];
    for (const connection of [...connections]) sendStatus(connection, order);
  }

  return {
    async subscribe(connection: Connection, orderId: string): Promise<void> {
      // Before the query, so that a change between it and the answer is not missed.
      const subscription = add(connection, orderId);
      const known = subscription.version;
      try {
        const order = await findOrderForParty(parties, orderId, connection.caller.userId);
        if (!connection.isOpen) return remove(connection, orderId);
        // A repeated request gets an answer again, unless a change was sent meanwhile.
        if (order.version === known && subscription.version === known) subscription.version = 0;
        sendStatus(connection, order);
      } catch (error) {
        remove(connection, orderId);
        throw error;
      }
    },
    unsubscribe: remove,
    /** @throws HttpError 409 if the client has no subscription to the order */
    subscriptionOf(connection: Connection, orderId: string): Subscription {
      const subscription = connection.subscriptions.get(orderId);
      if (subscription !== undefined && subscription.version > 0) return subscription;
      throw new HttpError(409, 'Expected a subscription to the order. Subscribe first.', {
        code: 'not_subscribed',
      });
    },
    /** The work that a notification causes; none if the order has no subscriber here. */
    handle(event: OrderEvent): (() => Promise<void>) | undefined {
      if (!subscribers.has(event.orderId)) return undefined;
      return async () => {
        const order = completeOrder(event) ?? (await parties.find(event.orderId));
        if (order !== undefined) sendToSubscribers(order);
      };
    },
    /** Reads every order with a subscriber; resolves to their number. */
    async resync(): Promise<number> {
      const orders = await parties.findAll([...subscribers.keys()]);
      for (const order of orders) sendToSubscribers(order);
      return orders.length;
    },
    removeClient(connection: Connection): void {
      for (const orderId of [...connection.subscriptions.keys()]) remove(connection, orderId);
    },
  };
}

/** Nothing for an event without a courier, say: then the order has to be read. */
function completeOrder(event: OrderEvent): TrackedOrder | undefined {
  const { courierId, status, version } = event;
  if (courierId === undefined || status === undefined || version === undefined) return undefined;
  return { ...event, courierId, status, version };
}

const noLongerParty = {
  code: 'no_longer_party',
  message: 'You are no longer a party to the order, so its updates end.',
  requestType: 'order.subscribe',
};

function tooManySubscriptions(): HttpError {
  const message = `Expected at most ${maxSubscriptions} orders at once. Unsubscribe from some.`;
  return new HttpError(409, message, { code: 'too_many_subscriptions' });
}
