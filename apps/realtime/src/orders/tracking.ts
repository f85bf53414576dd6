import { HttpError } from '@watchkeeper/telemetry';
import { z } from 'zod';
import type { Connection, Subscription } from '../connections/connection.ts';
import { createSubscribers } from '../connections/subscribers.ts';
import type { Context } from '../context.ts';
import { findOrderForParty, isParty, type TrackedOrder } from './parties.ts';

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
export function createTracking({ parties, channel }: Context) {
  const subscribers = createSubscribers();

  function remove(connection: Connection, orderId: string): void {
    connection.subscriptions.delete(orderId);
    subscribers.remove(orderId, connection);
  }

  /** Sends a status newer than the last one; unsubscribes a client that is no longer a party. */
  function sendStatus(order: TrackedOrder, to = subscribers.of(order.orderId)): void {
    const { orderId, status, version, courierId } = order;
    for (const connection of to) {
      const subscription = connection.subscriptions.get(orderId);
      if (!isParty(order, connection.caller.userId)) {
        remove(connection, orderId);
        connection.send(channel.encode('error', noLongerParty));
      } else if (subscription !== undefined && noteStatus(subscription, order)) {
        const courier = courierId === undefined ? {} : { courierId };
        connection.send(channel.encode('order.status', { orderId, status, version, ...courier }));
      }
    }
  }

  return {
    async subscribe(connection: Connection, orderId: string): Promise<void> {
      // Before the query, so that a change between it and the answer is not missed.
      const subscription = addSubscription(connection, orderId);
      subscribers.add(orderId, connection);
      const known = subscription.version;
      const { userId } = connection.caller;
      const order = await findOrderForParty(parties, orderId, userId).catch((error) => {
        remove(connection, orderId);
        throw error;
      });
      if (!connection.isOpen) return remove(connection, orderId);
      // A repeated request gets an answer again, unless a change was sent meanwhile.
      if (order.version === known && subscription.version === known) subscription.version = 0;
      sendStatus(order, [connection]);
    },
    unsubscribe: remove,
    /** The work that a notification causes; none if the order has no subscriber here. */
    handle(event: OrderEvent): (() => Promise<void>) | undefined {
      if (!subscribers.has(event.orderId)) return undefined;
      return async () => {
        const order = completeOrder(event) ?? (await parties.find(event.orderId));
        if (order !== undefined) sendStatus(order);
      };
    },
    /** Reads every order with a subscriber; resolves to their number. */
    async resync(): Promise<number> {
      const orders = await parties.findAll(subscribers.keys());
      for (const order of orders) sendStatus(order);
      return orders.length;
    },
    removeClient(connection: Connection): void {
      for (const orderId of [...connection.subscriptions.keys()]) remove(connection, orderId);
    },
  };
}

function addSubscription({ subscriptions }: Connection, orderId: string): Subscription {
  const existing = subscriptions.get(orderId);
  if (existing !== undefined) return existing;
  if (subscriptions.size >= maxSubscriptions) {
    const message = `Expected at most ${maxSubscriptions} orders at once. Unsubscribe from some.`;
    throw new HttpError(409, message, { code: 'too_many_subscriptions' });
  }
  const typing = { isTyping: false, sentAt: Number.NEGATIVE_INFINITY };
  const subscription = { orderId, customerId: '', courierId: undefined, version: 0, typing };
  subscriptions.set(orderId, subscription);
  return subscription;
}

/** @throws HttpError 409 if the client has no subscription to the order */
export function findSubscription({ subscriptions }: Connection, orderId: string): Subscription {
  const subscription = subscriptions.get(orderId);
  if (subscription !== undefined && subscription.version > 0) return subscription;
  throw new HttpError(409, 'Expected a subscription to the order. Subscribe first.', {
    code: 'not_subscribed',
  });
}

/** Updates the subscription; false if the status is not newer than the last one sent. */
function noteStatus(subscription: Subscription, order: TrackedOrder): boolean {
  const { customerId, courierId, version } = order;
  const isChanged = version > subscription.version || courierId !== subscription.courierId;
  if (version < subscription.version || !isChanged) return false;
  Object.assign(subscription, { customerId, courierId, version });
  return true;
}

/** Undefined if a field is missing, the courier for example: then the order has to be read. */
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
