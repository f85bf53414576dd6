import { HttpError } from '@watchkeeper/telemetry';
import { z } from 'zod';
import type { Connection } from '../connections/connection.ts';
import type { Channel } from '../protocol/channel.ts';
import { isParty, type OrderParties, orderOfParty, type TrackedOrder } from './parties.ts';
import type { Subscription } from './subscription.ts';

/** What the api announces on the channel `order_events`; a part of it may be absent. */
export const orderEvent = z.object({
  orderId: z.uuid(),
  customerId: z.uuid(),
  courierId: z.uuid().optional(),
  status: z.string().max(40).optional(),
  version: z.number().int().optional(),
});

/** Tells clients what becomes of the orders they follow. */
export interface Tracking {
  subscribe(connection: Connection, orderId: string): Promise<void>;
  unsubscribe(connection: Connection, orderId: string): void;
  /**
   * The subscription of a client to an order.
   * @throws HttpError 409 where there is none
   */
  subscriptionOf(connection: Connection, orderId: string): Subscription;
  /** What is to be done about what the api announced; nothing where nobody here follows it. */
  handle(event: z.output<typeof orderEvent>): (() => Promise<void>) | undefined;
  /** Reads every order that somebody follows; resolves to their number. */
  resync(): Promise<number>;
  forget(connection: Connection): void;
}

// More than anybody has under way at once.
const maxSubscriptions = 50;

/** Makes the tracking over the orders of `parties`. */
export function createTracking(parties: OrderParties, channel: Channel): Tracking {
  const followers = new Map<string, Set<Connection>>();

  function add(connection: Connection, orderId: string): Subscription {
    const existing = connection.subscriptions.get(orderId);
    if (existing !== undefined) return existing;
    if (connection.subscriptions.size >= maxSubscriptions) throw tooMany();
    const subscription = createSubscription(orderId);
    connection.subscriptions.set(orderId, subscription);
    followers.set(orderId, (followers.get(orderId) ?? new Set()).add(connection));
    return subscription;
  }

  function remove(connection: Connection, orderId: string): void {
    connection.subscriptions.delete(orderId);
    const set = followers.get(orderId);
    set?.delete(connection);
    if (set?.size === 0) followers.delete(orderId);
  }

  /** Sends what is newer than the last; ends the subscription of who is no party any more. */
  function tell(connection: Connection, order: TrackedOrder): void {
    const subscription = connection.subscriptions.get(order.orderId);
    if (subscription === undefined) return;
    if (!isParty(order, connection.caller.userId)) {
      remove(connection, order.orderId);
      connection.send(channel.encode('error', noParty));
      return;
    }
    const isNews =
      order.version > subscription.version || order.courierId !== subscription.courierId;
    if (order.version < subscription.version || !isNews) return;
    const { customerId, courierId, version } = order;
    Object.assign(subscription, { customerId, courierId, version });
    connection.send(channel.encode('order.status', statusOf(order)));
  }

  function tellAll(order: TrackedOrder): void {
    for (const connection of [...(followers.get(order.orderId) ?? [])]) tell(connection, order);
  }

  return {
    async subscribe(connection, orderId) {
      // First, so that a change between the reading and the answer is not missed.
      const subscription = add(connection, orderId);
      const known = subscription.version;
      try {
        const order = await orderOfParty(parties, orderId, connection.caller.userId);
        if (!connection.isOpen) return remove(connection, orderId);
        // Who asks again gets an answer again, unless a change was told meanwhile.
        if (order.version === known && subscription.version === known) subscription.version = 0;
        tell(connection, order);
      } catch (error) {
        remove(connection, orderId);
        throw error;
      }
    },
    unsubscribe: remove,
    subscriptionOf(connection, orderId) {
      const subscription = connection.subscriptions.get(orderId);
      if (subscription !== undefined && subscription.version > 0) return subscription;
      throw new HttpError(409, 'Expected a subscription to the order. Subscribe first.', {
        code: 'not_subscribed',
      });
    },
    handle(event) {
      if (!followers.has(event.orderId)) return undefined;
      return async () => {
        const order = completeOrder(event) ?? (await parties.find(event.orderId));
        if (order !== undefined) tellAll(order);
      };
    },
    async resync() {
      const orders = await parties.findAll([...followers.keys()]);
      for (const order of orders) tellAll(order);
      return orders.length;
    },
    forget(connection) {
      for (const orderId of [...connection.subscriptions.keys()]) remove(connection, orderId);
    },
  };
}

/** An event that lacks something, such as a courier, is taken as a hint to read the order. */
function completeOrder(event: z.output<typeof orderEvent>): TrackedOrder | undefined {
  const { courierId, status, version } = event;
  if (courierId === undefined || status === undefined || version === undefined) return undefined;
  return { ...event, courierId, status, version };
}

function createSubscription(orderId: string): Subscription {
  const typing = { isTyping: false, toldAt: Number.NEGATIVE_INFINITY };
  return { orderId, customerId: '', courierId: undefined, version: 0, typing };
}

function statusOf({ orderId, status, version, courierId }: TrackedOrder) {
  return { orderId, status, version, ...(courierId === undefined ? {} : { courierId }) };
}

const noParty = {
  code: 'no_longer_party',
  message: 'The order is not yours any more; you hear no more of it.',
  requestType: 'order.subscribe',
};

function tooMany(): HttpError {
  const message = `Expected at most ${maxSubscriptions} orders at once. Unsubscribe from some.`;
  return new HttpError(409, message, { code: 'too_many_subscriptions' });
}
